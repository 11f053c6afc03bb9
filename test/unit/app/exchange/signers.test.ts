import { beforeAll, describe, expect, it } from "vitest";
import {
  completeOwn,
  type Holder,
  labelFromName,
  mqLabel,
  personalEntry,
  personalOf,
  placeSigners,
  trustedBy,
} from "../../../../src/app/exchange/signers.ts";
import type { Codec } from "../../../../src/codecs/codec.ts";
import { jksCodec } from "../../../../src/codecs/java/index.ts";
import { kdbCodec } from "../../../../src/codecs/kdb/index.ts";
import { pemCodec } from "../../../../src/codecs/pem/index.ts";
import type { Certificate } from "../../../../src/model/certificate.ts";
import type { Entry, KeyEntry, TrustedEntry } from "../../../../src/model/store.ts";
import { makeStranger } from "../../../../src/x509/build/stranger.ts";
import { parseName } from "../../../../src/x509/name.ts";
import { parseCertificate } from "../../../../src/x509/parse.ts";
import { seededRandom } from "../../../support/fake-host.ts";

const now = new Date("2026-11-22T00:00:00Z");
const random = seededRandom("exchange-signers");

interface Made {
  readonly entry: (label: string) => KeyEntry;
  readonly leaf: Certificate;
  readonly root: Certificate;
}

async function make(subject: string, issuer?: string): Promise<Made> {
  const name = parseName(subject);
  const stranger = await makeStranger(
    issuer === undefined ? { subject: name } : { subject: name, issuer: parseName(issuer) },
    now,
    random,
  );
  const [leaf, ...above] = stranger.chain.map((der) => parseCertificate(der));
  const chain = [leaf as Certificate, ...above] as [Certificate, ...Certificate[]];
  return {
    entry: (label) => ({
      kind: "key",
      label,
      chain,
      key: { state: "open", pkcs8: stranger.pkcs8 },
    }),
    leaf: leaf as Certificate,
    root: chain.at(-1) as Certificate,
  };
}

const trusted = (label: string, certificate: Certificate, enabled = true): TrustedEntry => ({
  kind: "trusted",
  label,
  certificate,
  enabled,
});

function holder(codec: Codec, entries: readonly Entry[], defaultLabel?: string): Holder {
  return {
    name: "party",
    path: "party.store",
    codec,
    store: defaultLabel === undefined ? { entries } : { entries, defaultLabel },
    reserved: [],
  };
}

let self: Made;
let issued: Made;
let other: Made;

beforeAll(async () => {
  self = await make("CN=QM1,O=Example");
  issued = await make("CN=app", "CN=Acme Root,O=Acme");
  other = await make("CN=other");
});

describe("the personal certificate", () => {
  const keys = (...labels: readonly string[]) => labels.map((label) => self.entry(label));

  it("is the one asked for, as the format compares labels", () => {
    const asked = { label: "B" };
    expect(personalEntry(holder(jksCodec, keys("a", "b")), asked).label).toBe("b");
    expect(personalEntry(holder(kdbCodec, keys("b", "B")), asked).label).toBe("B");
    expect(() => personalEntry(holder(kdbCodec, keys("a", "b")), asked)).toThrow(
      expect.objectContaining({ code: "label-unknown", where: "B", hint: 'it has "a", "b"' }),
    );
  });

  it("is MQ's for the queue manager or user that was named", () => {
    const two = holder(kdbCodec, keys("ibmwebspheremqqm1", "ibmwebspheremqqm2"));
    expect(personalEntry(two, { mq: "QM2" }).label).toBe("ibmwebspheremqqm2");
    expect(() => personalEntry(two, { mq: "qm3" })).toThrow(
      expect.objectContaining({ code: "label-unknown", where: "ibmwebspheremqqm3" }),
    );
  });

  it("else MQ's if there is one, else the default, else the only key", () => {
    const mixed = keys("old", "ibmwebspheremqqm1", "new");
    expect(personalEntry(holder(kdbCodec, mixed, "new"), {}).label).toBe("ibmwebspheremqqm1");
    expect(personalEntry(holder(kdbCodec, keys("old", "new"), "new"), {}).label).toBe("new");
    expect(personalEntry(holder(kdbCodec, keys("only")), {}).label).toBe("only");
    const two = keys("ibmwebspheremqa", "ibmwebspheremqb");
    expect(personalEntry(holder(kdbCodec, two, "ibmwebspheremqb"), {}).label).toBe(
      "ibmwebspheremqb",
    );
  });

  it("is not guessed among several", () => {
    expect(() => personalEntry(holder(kdbCodec, keys("a", "b")), {})).toThrow(
      expect.objectContaining({
        code: "label-unknown",
        hint: 'choose with --label party=LABEL: it has "a", "b"',
      }),
    );
    expect(() => personalEntry(holder(kdbCodec, [trusted("ca", self.leaf)]), {})).toThrow(
      expect.objectContaining({ code: "label-unknown" }),
    );
  });
});

describe("what others must trust", () => {
  it("is the certificate itself where it is self-signed, under its own label", () => {
    const own = holder(kdbCodec, [self.entry("ibmwebspheremqqm1")]);
    const personal = personalOf(own, self.entry("ibmwebspheremqqm1"), []);
    expect(personal.signers).toEqual([
      {
        certificate: self.leaf,
        label: "ibmwebspheremqqm1",
        source: { label: "ibmwebspheremqqm1", chainIndex: 0 },
      },
    ]);
  });

  it("is its CAs, under the label they have in its own store, else one made of the name", () => {
    const entry = issued.entry("app");
    const inChain = personalOf(holder(jksCodec, [entry]), entry, []);
    expect(inChain.signers).toEqual([
      { certificate: issued.root, label: "acme-root", source: { label: "app", chainIndex: 1 } },
    ]);
    const asEntry = holder(kdbCodec, [entry, trusted("our ca", issued.root)]);
    expect(personalOf(asEntry, entry, []).signers).toEqual([
      { certificate: issued.root, label: "our ca", source: { label: "our ca", chainIndex: 0 } },
    ]);
  });

  it("may have to be found in another party's store", () => {
    const entry: KeyEntry = { ...issued.entry("app"), chain: [issued.leaf] };
    const own = holder(kdbCodec, [entry]);
    const helper = holder(jksCodec, [trusted("ca", issued.root)]);
    const personal = personalOf(own, entry, [helper]);
    expect(personal.chain).toEqual([issued.leaf, issued.root]);
    const { store, placed } = completeOwn(own, personal, now);
    expect(placed).toMatchObject([{ label: "acme-root", state: "added" }]);
    expect(store.entries.at(-1)).toMatchObject({ kind: "trusted", certificate: issued.root });
  });

  it("cannot be told when an issuer is nowhere", () => {
    const entry: KeyEntry = { ...issued.entry("app"), chain: [issued.leaf] };
    expect(() => personalOf(holder(kdbCodec, [entry]), entry, [])).toThrow(
      expect.objectContaining({
        code: "chain-incomplete",
        message:
          "the chain of its personal certificate ends below a root: the certificate of CN=Acme Root,O=Acme is missing",
      }),
    );
  });

  it("a CA of the same name that did not sign does not complete a chain", async () => {
    const impostor = await make("CN=x", "CN=Acme Root,O=Acme");
    const entry: KeyEntry = { ...issued.entry("app"), chain: [issued.leaf] };
    expect(() =>
      personalOf(holder(kdbCodec, [entry, trusted("ca", impostor.root)]), entry, []),
    ).toThrow(expect.objectContaining({ code: "chain-incomplete" }));
  });
});

describe("adding signers", () => {
  const signer = (made: Made, label: string) => ({ certificate: made.leaf, label });

  it("leaves alone what is there under any label, and says a switched-off one", () => {
    const store = holder(kdbCodec, [trusted("mine", self.leaf), trusted("off", other.leaf, false)]);
    const { store: after, placed } = placeSigners(
      store,
      [signer(self, "qm1"), signer(other, "other")],
      now,
    );
    expect(after).toBe(store.store);
    expect(placed.map(({ label, state }) => [label, state])).toEqual([
      ["mine", "present"],
      ["off", "switched-off"],
    ]);
  });

  it("gives a number where another certificate has the label", () => {
    const { placed } = placeSigners(
      holder(kdbCodec, [trusted("ca", other.leaf), other.entry("ca-2")]),
      [signer(self, "ca")],
      now,
    );
    expect(placed).toMatchObject([{ label: "ca-3", state: "added", insteadOf: "ca" }]);
  });

  it("knows that JKS compares labels without case and KDB with", () => {
    const entries = [trusted("ca", other.leaf)];
    const jks = placeSigners(holder(jksCodec, entries), [signer(self, "CA")], now);
    expect(jks.placed).toMatchObject([{ label: "ca-2", insteadOf: "ca" }]);
    const kdb = placeSigners(holder(kdbCodec, entries), [signer(self, "CA")], now);
    expect(kdb.placed[0]).toMatchObject({ label: "CA" });
    expect(kdb.placed[0]).not.toHaveProperty("insteadOf");
  });

  it("keeps off the labels of pending requests", () => {
    const store = { ...holder(kdbCodec, []), reserved: ["ca"] };
    expect(placeSigners(store, [signer(self, "ca")], now).placed).toMatchObject([
      { label: "ca-2" },
    ]);
  });

  it("two new signers do not get the same label either", () => {
    const { placed } = placeSigners(
      holder(kdbCodec, []),
      [signer(self, "ca"), signer(other, "ca")],
      now,
    );
    expect(placed.map(({ label }) => label)).toEqual(["ca", "ca-2"]);
  });

  it("a certificate in a PEM file's chain needs no second place", () => {
    const store = holder(pemCodec, [issued.entry("app")]);
    const { placed } = placeSigners(store, [{ certificate: issued.root, label: "ca" }], now);
    expect(placed).toMatchObject([{ state: "present" }]);
  });
});

describe("the own chain", () => {
  it("goes into the key's entry where the format keeps chains", () => {
    const entry: KeyEntry = { ...issued.entry("app"), chain: [issued.leaf] };
    const own = holder(jksCodec, [entry, trusted("ca", issued.root)]);
    const { store, placed } = completeOwn(own, personalOf(own, entry, []), now);
    expect(placed).toMatchObject([{ label: "app", state: "added" }]);
    expect((store.entries[0] as KeyEntry).chain).toEqual([issued.leaf, issued.root]);
  });

  it("is left alone when it is whole", () => {
    for (const own of [
      holder(jksCodec, [issued.entry("app")]),
      holder(kdbCodec, [issued.entry("app"), trusted("ca", issued.root)]),
      holder(kdbCodec, [self.entry("app")]),
    ]) {
      const entry = own.store.entries[0] as KeyEntry;
      expect(completeOwn(own, personalOf(own, entry, []), now).store).toBe(own.store);
    }
  });
});

describe("whom a store trusts", () => {
  it("its enabled signers; in a PEM file every certificate", () => {
    const entries = [
      issued.entry("app"),
      trusted("on", self.leaf),
      trusted("off", other.leaf, false),
    ];
    expect(trustedBy(holder(kdbCodec, entries))).toEqual([self.leaf]);
    expect(trustedBy(holder(pemCodec, entries))).toEqual([
      issued.leaf,
      issued.root,
      self.leaf,
      other.leaf,
    ]);
  });
});

describe("labels", () => {
  it("are made of names", async () => {
    expect(mqLabel("QM_Ä.1")).toBe("ibmwebspheremqqm_ä.1");
    expect(labelFromName(issued.root)).toBe("acme-root");
    expect(labelFromName((await make("O=Only Org,C=GB")).leaf)).toBe("O=Only Org,C=GB");
    expect(labelFromName((await make("CN=\\ \\, --,O=x")).leaf)).toMatch(/^CN=/);
  });
});
