import { describe, expect, it } from "vitest";
import { expiryBuckets } from "../../../../../src/render/audit/page/timeline.ts";
import { trustGraph } from "../../../../../src/render/audit/page/trust.ts";
import { AT, estate, inventoryOf } from "../../../../support/audit-report.ts";

describe("who trusts whom", () => {
  const graph = trustGraph(estate().inventory, AT);

  it("names chains that end nowhere and what expired", () => {
    expect(graph.broken.map(({ where, what }) => `${where}: ${what}`)).toEqual([
      "mq/client/client.kdb: the chain of CN=client app,O=Example,C=GB ends at CN=Partner CA,O=Partner,C=DE, which is in no store",
      "um/realm/keystore.jks: CN=realm.example.com,OU=Messaging expired on 2026-10-02",
      "CN=Old Partner Root,O=Partner,C=DE: expired on 2025-05-01; everything that rests on it fails",
    ]);
  });

  it("names trust that is not returned, between stores that do both", () => {
    expect(graph.oneWay).toEqual([
      { truster: "mq/qm1/key.kdb", trusted: "mq/qm2/key.kdb", via: "QM2 self-signed" },
      { truster: "mq/client/client.kdb", trusted: "mq/qm1/key.kdb", via: "Example Root CA" },
    ]);
    const edges = graph.edges.filter(({ kind }) => kind === "one-way");
    expect(edges.map(({ to }) => to).sort()).toEqual([
      "trusts mq/client/client.kdb",
      "trusts mq/qm1/key.kdb",
    ]);
  });

  it("is quiet where two stores trust each other", () => {
    const mutual = trustGraph(
      inventoryOf([
        {
          subject: "CN=a",
          at: [
            ["a.kdb", "a", "personal"],
            ["b.kdb", "a", "signer"],
          ],
        },
        {
          subject: "CN=b",
          at: [
            ["b.kdb", "b", "personal"],
            ["a.kdb", "b", "signer"],
          ],
        },
      ]),
      AT,
    );
    expect([mutual.broken, mutual.oneWay]).toEqual([[], []]);
    expect(mutual.nodes.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });

  it("ends where certificates name each other as issuer", () => {
    const loop = inventoryOf([
      { subject: "CN=a", issuer: "CN=b", at: [["a.kdb", "a", "personal"]] },
      { subject: "CN=b", issuer: "CN=a", at: [["a.kdb", "b", "signer"]] },
    ]);
    const { nodes, columns } = trustGraph(loop, AT);
    expect(nodes.every(({ column }) => column < columns)).toBe(true);
  });

  it("does not draw a bundle of public CAs, and says how many it left out", () => {
    const bundle = inventoryOf(
      Array.from({ length: 140 }, (_, i) => ({
        subject: `CN=public ${i}`,
        at:
          i === 0
            ? [["cacerts", "p0", "signer"] as const, ["a.jks", "a", "personal"] as const]
            : [["cacerts", `p${i}`, "signer"] as const],
      })),
    );
    const drawn = trustGraph(bundle, AT).nodes;
    expect(drawn.filter(({ kind }) => kind === "authority")).toHaveLength(1);
    expect(drawn.find(({ kind }) => kind === "truster")?.detail).toBe("trusts 1 and 139 not drawn");
  });
});

describe("what stands out in a large estate", () => {
  const estateOf = (count: number) =>
    inventoryOf([
      { subject: "CN=Root", at: [["trust.jks", "root", "signer"]] },
      ...Array.from({ length: count }, (_, i) => ({
        subject: `CN=s${i}`,
        issuer: i === count - 2 ? "CN=Nowhere" : "CN=Root",
        until: i === count - 1 ? "2026-01-02T00:00:00Z" : "2027-06-01T00:00:00Z",
        at: [[`s${i}.jks`, "own", "personal"] as const],
      })),
    ]);

  it.each([40, 41, 90])("is drawn and named among %d stores", (count) => {
    const { nodes, broken, hidden } = trustGraph(estateOf(count), AT);
    const drawn = nodes.filter(({ kind }) => kind === "holder").map(({ title }) => title);
    expect(drawn).toHaveLength(40);
    expect(hidden).toBe(count - 40);
    expect(drawn).toContain(`s${count - 1}.jks`);
    expect(drawn).toContain(`s${count - 2}.jks`);
    expect(broken.map(({ where, what }) => `${where}: ${what}`)).toEqual([
      `s${count - 2}.jks: the chain of CN=s${count - 2} ends at CN=Nowhere, which is in no store`,
      `s${count - 1}.jks: CN=s${count - 1} expired on 2026-01-02`,
    ]);
  });

  it("is no certificate that only stores beside the drawing trust", () => {
    const all = inventoryOf([
      { subject: "CN=Root", at: [["z.jks", "root", "signer"]] },
      { subject: "CN=own", issuer: "CN=Root", at: [["own.jks", "own", "personal"]] },
      ...Array.from({ length: 10 }, (_, i) => ({
        subject: `CN=c${i}`,
        at: Array.from({ length: 5 }, (_, j) => [`c${i}-${j}.jks`, "c", "signer"] as const),
      })),
    ]);
    const { stores, ...others } = all;
    const last = stores.filter(({ path }) => path === "z.jks");
    const reordered = {
      ...others,
      stores: [...stores.filter((one) => !last.includes(one)), ...last],
    };
    const { nodes, edges } = trustGraph(reordered, AT);
    expect(nodes.filter(({ problem }) => problem !== undefined)).toEqual([]);
    const ends = new Set(edges.flatMap(({ from, to }) => [from, to]));
    expect(nodes.filter(({ id }) => !ends.has(id))).toEqual([]);
    expect(nodes.filter(({ kind }) => kind === "truster")).toHaveLength(40);
  });

  it("is named too where even of those not all can be drawn", () => {
    const all = inventoryOf(
      Array.from({ length: 60 }, (_, i) => ({
        subject: `CN=s${i}`,
        issuer: "CN=Nowhere",
        at: [[`s${i}.jks`, "own", "personal"] as const],
      })),
    );
    expect(trustGraph(all, AT).broken).toHaveLength(60);
  });
});

describe("what is drawn of what is trusted and not in use", () => {
  it.each([11, 12, 13])("is at most twelve: %d in small stores", (count) => {
    const idle = inventoryOf(
      Array.from({ length: count }, (_, i) => ({
        subject: `CN=idle ${i}`,
        at: [[`${i}.kdb`, "x", "signer"] as const],
      })),
    );
    const drawn = trustGraph(idle, AT).nodes.filter(({ kind }) => kind === "authority");
    expect(drawn).toHaveLength(Math.min(count, 12));
  });
});

describe("the timeline", () => {
  const counts = (...until: string[]) => {
    const { certificates } = inventoryOf(
      until.map((day) => ({ subject: "CN=a", until: day, at: [["a", "a", "signer"] as const] })),
    );
    return expiryBuckets(certificates.values(), AT)
      .filter(({ count }) => count > 0)
      .map(({ name, count }) => `${name}: ${count}`);
  };

  it("puts each certificate into its month", () => {
    expect(counts("2026-11-21T23:59:59Z", "2026-11-22T00:00:00Z", "2026-12-01T00:00:00Z")).toEqual([
      "expired: 1",
      "Nov 2026: 1",
      "Dec 2026: 1",
    ]);
  });

  it("shows 24 months", () => {
    expect(counts("2028-10-31T00:00:00Z", "2028-11-01T00:00:00Z", "9999-12-31T23:59:59Z")).toEqual([
      "Oct 2028: 1",
      "later: 2",
    ]);
  });
});
