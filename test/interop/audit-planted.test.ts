import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { profiles } from "../../src/audit/profiles.ts";
import type { ProfileId } from "../../src/audit/rule.ts";
import { auditFormats } from "../../src/render/audit/index.ts";
import { schemaFaults } from "../support/json-schema.ts";
import { type Planted, plantTree } from "../support/planted.ts";
import { type JsonReport, readings } from "../support/report-readers.ts";
import { runCli } from "../support/run-cli.ts";

/**
 * One tree with the planted faults of all rules, audited by the real program: each is told once, where it was
 * planted, and nothing else is, but for what stands below with its reason. Every output format tells the same.
 */

/** Rules that fire outside of their own fixtures: why, and in which folders (absent: in any). */
interface Stray {
  readonly why: string;
  readonly folders?: readonly string[];
}

const FORGED_ALIKE =
  "across folders: the forge makes CAs of one name and key everywhere, and their serial numbers begin anew in each";

const STRAYS: Readonly<Record<"default" | "all", Readonly<Record<string, Stray>>>> = {
  default: { "serial-duplicate": { why: FORGED_ALIKE } },
  all: {
    "certificate-expires-soon": {
      why: "a certificate of 200 days, judged at a day near its end",
      folders: ["validity-too-long"],
    },
    "crl-issuer-unknown": {
      why: "the list's CA is missing there, so that the revocation is not proved",
      folders: ["certificate-revoked-unproved"],
    },
    "expiry-clustered": {
      why: "its many self-signed certificates are of one day",
      folders: ["trust-many-self-signed"],
    },
    "ihs-default-certificate-missing": {
      why: "two and more keys, none the default, as such a store needs them",
      folders: ["name-same-subject", "serial-sequential"],
    },
    "key-classical-only": { why: "no forged key is of a post-quantum kind" },
    "key-copied": { why: FORGED_ALIKE },
    "key-database-version-4": { why: "the forge writes version 4" },
    "key-identifier-missing": {
      why: "they would tell the two CAs of one name apart",
      folders: ["peer-not-trusted-namesake"],
    },
    "key-not-gskit": {
      why: "tells of that curve in place of curve-not-accepted",
      folders: ["curve-not-accepted"],
    },
    "key-small-advice": { why: "RSA of 2048 bits keeps the fixtures small" },
    "label-not-mq": { why: "labels of other products" },
    "password-shared": { why: "across folders: the forge has one password" },
    "pkcs12-iterations-low": { why: "profile strict asks for more than the forge's iterations" },
    "pkcs12-mac-weak": {
      why: "old encryption comes with an old MAC",
      folders: ["pkcs12-weak-encryption", "pkcs12-weak-encryption-3des"],
    },
    "policy-missing": { why: "no forged certificate has policies" },
    "purpose-missing": {
      why: "encryption of passwords has no purpose",
      folders: ["sap-encryption-certificate-kept"],
    },
    "rsa-bits-odd": {
      why: "a product of a small and a large prime has such a length",
      folders: ["rsa-small-factor"],
    },
    "sap-internal-differs": {
      why: "across folders: it compares every internal certificate",
      folders: ["sap-internal-purpose"],
    },
    "sct-missing": { why: "no forged certificate is logged" },
    "serial-duplicate": { why: FORGED_ALIKE },
    "serial-too-short": {
      why: "serials that count up are short",
      folders: ["serial-sequential"],
    },
    "stash-missing": { why: "most forged key databases have no stash" },
    "stash-present": { why: "profile pci dislikes every stash" },
    "store-jks": { why: "profile strict dislikes every JKS file" },
    "trust-leaf-with-its-ca": { why: "issuers without a CA's flags stand under their CA" },
    "trust-one-way": { why: "across folders: stores of other fixtures trust the same CAs" },
    "trust-public-root": {
      why: "a public CA among the signers is what was planted",
      folders: ["purpose-dual-public-ca"],
    },
    "validity-too-long": { why: "certificates of many years keep the fixtures from expiring" },
  },
};

/** As `STRAYS`, of rules that leave the word to another one where all profiles are on. */
const ALONE: Readonly<Record<string, Stray>> = {
  "trust-weak-root": { why: "roots of 2048 bits keep the fixtures small" },
};

/** Planted faults that another profile or another folder hides when everything is judged at once. */
const HIDDEN: Readonly<Record<"default" | "all", Readonly<Record<string, string>>>> = {
  default: {},
  all: {
    "curve-not-accepted": "profiles mq and ihs tell it as key-not-gskit, once",
    "trust-weak-root": "profiles fips and strict tell it as key-small-advice, once",
    "key-past-cryptoperiod":
      "across folders: leaf-is-ca has the same key, and a CA's key lives longer",
  },
};

interface Audit {
  readonly planted: readonly Planted[];
  readonly texts: ReadonlyMap<string, string>;
  readonly report: JsonReport;
}

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "pki-planted-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/**
 * The tree audited once for each format, by standard output; with all profiles in one run that writes files; with
 * one profile as JSON.
 */
function audited(which: "default" | "all" | ProfileId): Audit {
  const chosen = which === "all" ? profiles.map(({ id }) => id) : (["default", which] as const);
  const cwd = mkdtempSync(join(root, `${which}-`));
  const { planted, options } = plantTree(cwd, new Set<ProfileId>(chosen));
  const alone = which !== "all" && which !== "default";
  const ids = alone ? ["json"] : auditFormats.map(({ id }) => id);
  const texts = new Map<string, string>();
  if (which !== "all") {
    for (const id of ids) {
      const run = runCli(["audit", ...options, "--format", id], { cwd });
      expect([run.code, run.stderr], id).toEqual([3, ""]);
      texts.set(id, run.stdout);
    }
  } else {
    const files = ids.flatMap((id) => ["--format", `${id}=${id}.out`]);
    const run = runCli(["audit", ...options, ...files], { cwd });
    expect([run.code, run.stderr]).toEqual([3, ""]);
    for (const id of ids) texts.set(id, readFileSync(join(cwd, `${id}.out`), "utf8"));
  }
  return { planted, texts, report: JSON.parse(texts.get("json") ?? "") as JsonReport };
}

/** Findings of other rules than the planted one: rule → folders. */
function straysOf({ planted, report }: Audit): Map<string, Set<string>> {
  const owned = new Map(planted.map((one) => [one.folder, one]));
  const strays = new Map<string, Set<string>>();
  for (const { rule, places } of report.findings) {
    for (const place of places) {
      const folder = place.path.split("/")[0] ?? "";
      const own = owned.get(folder);
      // Its own rule's places are compared for themselves, all of them.
      if (own?.rule.id === rule || own?.audit.also?.[rule] !== undefined) continue;
      strays.set(rule, (strays.get(rule) ?? new Set()).add(folder));
    }
  }
  return strays;
}

const printed = ({ path, label }: { path: string; label?: string }): string =>
  label === undefined ? path : `${path}:${label}`;

for (const which of ["default", "all"] as const) {
  describe(`planted faults under ${which === "all" ? "all profiles" : "profile default"}`, () => {
    let audit: Audit;
    beforeAll(() => {
      audit = audited(which);
    });

    it("are each told as often as they were planted, at their places", () => {
      const { planted, report } = audit;
      expect(planted.length).toBeGreaterThan(which === "all" ? 170 : 95);
      const told: Record<string, unknown> = {};
      const expected: Record<string, unknown> = {};
      for (const { rule, folder, audit: wanted } of planted) {
        const inFolder = ({ path }: { path: string }) => path.startsWith(`${folder}/`);
        const own = report.findings.filter(
          (one) => one.rule === rule.id && one.places.some(inFolder),
        );
        const places = own.flatMap((one) => one.places.filter(inFolder).map(printed)).sort();
        const hidden = HIDDEN[which][folder] !== undefined;
        told[folder] = { findings: own.length, places };
        expected[folder] = {
          findings: hidden ? 0 : (wanted.findings ?? 1),
          places: hidden ? [] : wanted.places?.map((place) => `${folder}/${place}`),
        };
      }
      expect(told).toEqual(expected);
      expect(report.failures ?? []).toEqual([]);
    });

    it("are all that is told, but for what has a reason", () => {
      const strays = straysOf(audit);
      const reasons = STRAYS[which];
      const told = [...strays].map(([rule, folders]) => [
        rule,
        reasons[rule] !== undefined && reasons[rule].folders === undefined
          ? "anywhere"
          : [...folders].sort(),
      ]);
      const known = Object.entries(reasons).map(([rule, { folders }]) => [
        rule,
        folders ?? "anywhere",
      ]);
      expect(Object.fromEntries(told)).toEqual(Object.fromEntries(known));
    });

    for (const { id } of auditFormats) {
      it(`are the same in ${id} as in JSON`, () => {
        const reading = readings[id];
        if (reading === undefined) throw new Error(`nothing reads ${id}`);
        const expected = reading.expected(audit.report);
        expect(expected.length).toBeGreaterThan(0);
        expect([...reading.shown(audit.texts.get(id) ?? "")].sort()).toEqual([...expected].sort());
      });
    }

    it("make JSON that its schema allows", () => {
      const schema = JSON.parse(readFileSync("docs/schemas/audit.schema.json", "utf8"));
      expect(schemaFaults(schema, audit.report)).toEqual([]);
    });
  });
}

describe.each(profiles.map(({ id }) => [id] as const).filter(([id]) => id !== "default"))(
  "planted faults under profile %s",
  (id) => {
    it("are told by no second rule, but for what has a reason", () => {
      const audit = audited(id);
      expect(audit.planted.length).toBeGreaterThan(95);
      const unknown: string[] = [];
      for (const [rule, folders] of straysOf(audit)) {
        const reason = STRAYS.all[rule] ?? ALONE[rule];
        for (const folder of folders) {
          const known = reason !== undefined && (reason.folders?.includes(folder) ?? true);
          if (!known) unknown.push(`${folder}: ${rule}`);
        }
      }
      expect(unknown.sort()).toEqual([]);
      expect(audit.report.failures ?? []).toEqual([]);
    });
  },
);
