import { describe, expect, it } from "vitest";
import type { ProfileId, Rule } from "../../../src/audit/rule.ts";
import { rule } from "../../../src/audit/rule.ts";
import { AuditRun, type RunOptions } from "../../../src/audit/run.ts";
import { type SettingsSource, settingsFrom } from "../../../src/audit/settings.ts";
import type { Severity } from "../../../src/model/finding.ts";
import type { OpenedStore } from "../../../src/model/inventory.ts";
import type { Entry } from "../../../src/model/store.ts";
import { parseCertificate } from "../../../src/x509/parse.ts";
import { pemFixture } from "../../support/fixtures.ts";

const words = {
  title: "a title",
  cites: ["a source"],
  explain: () => "Seen.",
  fix: () => "Do.",
} as const;
const root = parseCertificate(pemFixture("pem/root.pem"));
const server = parseCertificate(pemFixture("pem/server.pem"));
const other = parseCertificate(pemFixture("pem/other-root.pem"));

function store(
  path: string,
  ...entries: readonly [label: string, certificate: typeof root][]
): OpenedStore {
  return {
    path,
    file: { size: 1, extension: ".jks" },
    container: { format: "jks", version: "2", protection: "sun-jks", integrity: "verified" },
    store: {
      entries: entries.map(
        ([label, certificate]): Entry => ({ kind: "trusted", label, certificate, enabled: true }),
      ),
    },
    keys: [],
  };
}

function audit(
  rules: readonly Rule[],
  stores: readonly OpenedStore[],
  { now = "2026-07-01", ...source }: Partial<SettingsSource> & { now?: string } = {},
) {
  const profiles = source.profiles ?? new Set<ProfileId>(["default"]);
  const made = settingsFrom({ rules: {}, paths: [], ...source, profiles });
  const options: RunOptions = { rules, now: new Date(now), profiles, ...made };
  const run = new AuditRun(options);
  for (const one of stores) run.store(one);
  return { findings: run.finish(), failures: run.failures };
}

/** Fires for each certificate that stands anywhere. */
const everywhere = rule({
  ...words,
  id: "every-certificate",
  on: "certificate",
  severity: "warning",
  profiles: ["default"],
  parameters: { days: 3 },
  check: ({ subject }, { parameters }) => ({ facts: { subject, days: parameters.days } }),
});

/** As bad as the store's name says. */
const byPath = rule({
  ...words,
  id: "by-path",
  on: "use",
  severity: "warning",
  profiles: ["default"],
  check: ({ store: { path } }) => ({ facts: { path }, severity: path.split(".")[0] as Severity }),
});

const perStore = rule({
  ...words,
  id: "per-store",
  on: "store",
  severity: "notice",
  profiles: ["strict"],
  check: ({ store: { path } }, { now }) => ({ facts: { path, now: now.toISOString() } }),
});

const compared = rule({
  ...words,
  id: "compared",
  on: "inventory",
  severity: "error",
  profiles: ["default"],
  *check({ certificates, stores }) {
    const places = stores.map(({ path }) => ({ path }));
    const [first, ...rest] = places;
    if (first !== undefined && certificates.size > 1) {
      yield { key: "all", facts: { count: certificates.size }, places: [first, ...rest] };
    }
  },
});

/** Tells each store that it sees, with its parameter. */
const counted = rule({
  ...words,
  id: "counted",
  on: "inventory",
  severity: "error",
  profiles: ["default"],
  parameters: { least: 1 },
  *check({ stores }, { parameters }) {
    for (const { path } of stores) {
      yield { key: path, facts: { least: parameters.least }, places: [{ path }] };
    }
  },
});

const broken = rule({
  ...words,
  id: "broken",
  on: "certificate",
  severity: "error",
  profiles: ["default"],
  check: () => {
    throw new Error("a fault of ours");
  },
});

describe("findings", () => {
  it("about one certificate are one, with every place it stands in", () => {
    const stores = [store("b.jks", ["x", root], ["y", root]), store("a.jks", ["z", root])];
    const { findings } = audit([everywhere], stores);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.places.map(({ path, label }) => `${path}:${label}`)).toEqual([
      "a.jks:z",
      "b.jks:x",
      "b.jks:y",
    ]);
  });

  it("take severity and facts from the worst place, then from the first", () => {
    const stores = ["notice.jks", "error.jks", "error.b.jks", "warning.jks"].map((path) =>
      store(path, ["x", root]),
    );
    for (const order of [stores, [...stores].reverse()]) {
      const { findings } = audit([byPath], order);
      expect(findings).toMatchObject([{ severity: "error", facts: { path: "error.b.jks" } }]);
    }
  });

  it("are the same, in the same order, whatever the order of the stores and rules", () => {
    const stores = [
      store("warning.jks", ["x", root], ["y", server]),
      store("error.jks", ["x", other]),
      store("notice.jks", ["x", root]),
    ];
    const rules = [everywhere, byPath, compared];
    const { findings } = audit(rules, stores);
    expect(findings.map(({ severity }) => severity)).toEqual(
      [...findings.map(({ severity }) => severity)].sort(),
    );
    expect(audit([...rules].reverse(), [...stores].reverse()).findings).toEqual(findings);
  });

  it("keep their fingerprints at another time and beside others", () => {
    const profiles = new Set<ProfileId>(["default", "strict"]);
    const one = [store("a.jks", ["x", root])];
    const print = (now: string, stores: readonly OpenedStore[]) =>
      audit([everywhere, perStore], stores, { now, profiles }).findings.map(
        ({ rule: id, fingerprint, places }) => `${places[0].path} ${id} ${fingerprint}`,
      );
    const before = print("2026-07-01", one);
    expect(before).toHaveLength(2);
    expect(before.every((line) => / [0-9a-f]{64}$/.test(line))).toBe(true);
    expect(new Set(before).size).toBe(2);
    expect(print("2027-01-01", one)).toEqual(before);
    const more = print("2026-07-01", [store("z.jks", ["x", server]), ...one]);
    expect(more).toEqual(expect.arrayContaining([...before]));
  });

  it("need a rule of a chosen profile", () => {
    const stores = [store("a.jks", ["x", root])];
    expect(audit([perStore], stores).findings).toEqual([]);
    const profiles = new Set<ProfileId>(["default", "strict"]);
    expect(audit([perStore], stores, { profiles }).findings).toHaveLength(1);
  });
});

describe("a rule that throws", () => {
  it("is told with its path, and stops nothing", () => {
    const { findings, failures } = audit([broken, everywhere], [store("a.jks", ["x", root])]);
    expect(failures).toEqual([{ rule: "broken", path: "a.jks", message: "a fault of ours" }]);
    expect(findings.map(({ rule: id }) => id)).toEqual(["every-certificate"]);
  });
});

describe("a policy", () => {
  const stores = [store("old/a.jks", ["x", root]), store("new/a.jks", ["x", root])];

  it("switches a rule off for some paths", () => {
    const covers = (path: string) => path.startsWith("old/");
    const paths = [{ covers, rules: { "every-certificate": { severity: "off" } } }] as const;
    const { findings } = audit([everywhere], stores, { paths });
    expect(findings.map(({ places }) => places.map(({ path }) => path))).toEqual([["new/a.jks"]]);
  });

  it("gives other parameters to some paths, though the certificate was judged before", () => {
    const covers = (path: string) => path.startsWith("new/");
    const paths = [
      { covers, rules: { "every-certificate": { parameters: { days: 9 } } } },
    ] as const;
    for (const order of [stores, [...stores].reverse()]) {
      const { findings } = audit([everywhere], order, { paths });
      // Of two alike the first place in order has the word.
      expect(findings).toMatchObject([{ facts: { days: 9 } }]);
    }
  });

  it("switches a rule that compares off for some paths: it does not look there", () => {
    const three = [...stores, store("new/b.jks", ["x", server])];
    const all = audit([compared], three).findings;
    expect(all).toMatchObject([{ facts: { count: 2 } }]);
    expect(all[0]?.places).toHaveLength(3);
    const without = (prefix: string) => {
      const covers = (path: string) => path.startsWith(prefix);
      const paths = [{ covers, rules: { compared: { severity: "off" } } }] as const;
      return audit([compared], three, { paths }).findings;
    };
    expect(without("old/")[0]?.places.map(({ path }) => path)).toEqual(["new/a.jks", "new/b.jks"]);
    expect(without("new/")).toEqual([]); // one certificate is left: nothing to compare
    expect(without("other/")).toEqual(all);
  });

  it("gives a rule that compares other parameters and another severity for some paths", () => {
    const covers = (path: string) => path.startsWith("old/");
    const change = { parameters: { least: 9 }, severity: "notice" } as const;
    const paths = [{ covers, rules: { counted: change } }] as const;
    for (const order of [stores, [...stores].reverse()]) {
      const { findings } = audit([counted], order, { paths });
      expect(
        findings.map(({ severity, facts, places }) => [severity, facts.least, places[0].path]),
      ).toEqual([
        ["error", 1, "new/a.jks"],
        ["notice", 9, "old/a.jks"],
      ]);
    }
  });

  it("is on for a rule of another profile at the paths that it names only", () => {
    const covers = (path: string) => path.startsWith("old/");
    const paths = [{ covers, rules: { counted: { severity: "warning" } } }] as const;
    const profiles = new Set<ProfileId>(["strict"]);
    const { findings } = audit([counted], stores, { paths, profiles });
    expect(findings.map(({ places }) => places.map(({ path }) => path))).toEqual([["old/a.jks"]]);
  });

  it("sets a severity that holds for every case, and switches on a rule of another profile", () => {
    const rules = {
      "by-path": { severity: "notice" },
      "per-store": { severity: "error" },
    } as const;
    const { findings } = audit([byPath, perStore], [store("error.jks", ["x", root])], { rules });
    expect(findings.map(({ rule: id, severity }) => `${id} ${severity}`)).toEqual([
      "per-store error",
      "by-path notice",
    ]);
  });
});
