import fc from "fast-check";
import type { Codec, NewContainer } from "../../src/codecs/codec.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Entry, FormatId, Store } from "../../src/model/store.ts";
import { printName } from "../../src/x509/name.ts";
import { parseCertificate } from "../../src/x509/parse.ts";
import { pemFixture } from "./fixtures.ts";

/** How the stores of a format differ from what every format holds: the uniform driver's only cases. */
export interface Traits {
  readonly format: FormatId;
  /** What new containers are made with, one by one. */
  readonly variants: readonly NewContainer[];
  /** `stored`: any text; `subject`: the format has none, and reads the certificate's subject. */
  readonly labels: "stored" | "subject";
  readonly label: fc.Arbitrary<string>;
  readonly dates: boolean;
  readonly disabledTrust: boolean;
  readonly defaultLabel: boolean;
  /**
   * `any`: a key's chain may end anywhere; `whole`: a chain is completed from what else is in the file;
   * `entries`: and every signer is an entry of its own.
   */
  readonly chains: "any" | "whole" | "entries";
  readonly identities: readonly IdentityName[];
  /** Fewest and most entries. */
  readonly entries: readonly [number, number];
  /** May a store made of these be refused (`format-cannot-hold`), since the format cannot tell its entries apart? */
  readonly mayRefuse: boolean;
  /** A file to be damaged, where one that the codec writes would take too long to read. */
  readonly sample?: { readonly path: string; readonly password: string };
  /** False: nothing in the file says that it was changed, so damage may read as another store. */
  readonly integrity: boolean;
}

const IDENTITIES = {
  server: ["server", "intermediate", "root"],
  client: ["client", "intermediate", "root"],
  rsa: ["rsa", "root"],
  ed25519: ["ed25519"],
  "other-root": ["other-root"],
} as const;

export type IdentityName = keyof typeof IDENTITIES;

const SIGNERS = ["root", "intermediate", "other-root", "ed25519"] as const;

const certificate = (name: string) => parseCertificate(pemFixture(`pem/${name}.pem`));

/** Every UTF-16 unit, lone surrogates included: what a Java string may be. */
export const anyUnits = fc
  .array(fc.oneof(fc.nat(0xffff), fc.constantFrom(0, 0x41, 0x61, 0x130, 0xd800, 0xdfff)), {
    maxLength: 12,
  })
  .map((units) => units.map((unit) => String.fromCharCode(unit)).join(""));

/** Labels that programs stumble over. */
export const nastyLabel = fc.constantFrom(
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "CN=QM1,O=Example",
  "ibmwebspheremqqm1",
  "../../etc/passwd",
  "a\nb",
  "\u202eright to left",
  "\u001b[31mred",
  " leading and trailing ",
  "*.example.com",
  "zoë 𝒳",
  "MiXed CaSe",
  "-----BEGIN CERTIFICATE-----",
  '{"json": true}',
  "x".repeat(200),
);

export const anyUnicode = fc.string({ unit: "binary", maxLength: 20 });

const anyDate = fc
  .oneof(
    fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
    fc.constantFrom(-1, 1, 1_767_225_600_000, 8_640_000_000_000_000, -8_640_000_000_000_000),
  )
  .filter((time) => time !== 0)
  .map((time) => new Date(time));

interface Plan {
  readonly label: string;
  readonly created: Date | undefined;
  readonly what:
    | { readonly key: IdentityName; readonly length: number }
    | { readonly signer: (typeof SIGNERS)[number]; readonly enabled: boolean };
}

/**
 * Whole stores that a codec can hold: keys with their chains, signers, labels of every kind, dates.
 * Keys and certificates are those of certs-fixtures/pem, since making keys would take most of the time.
 */
export function storesOf(codec: Codec, traits: Traits): fc.Arbitrary<Store> {
  const label = fc.oneof(traits.label, nastyLabel);
  const created = traits.dates
    ? fc.option(anyDate, { nil: undefined, freq: 3 })
    : fc.constant(undefined);
  const signer = fc.record({
    signer: fc.constantFrom(...SIGNERS),
    enabled: traits.disabledTrust ? fc.boolean() : fc.constant(true),
  });
  const key = () =>
    fc.record({
      key: fc.constantFrom(...traits.identities),
      length: traits.chains === "any" ? fc.integer({ min: 1, max: 3 }) : fc.constant(3),
    });
  const what = traits.identities.length === 0 ? signer : fc.oneof(key(), signer);
  const plan: fc.Arbitrary<Plan> = fc.record({ label, created, what });
  const [minLength, maxLength] = traits.entries;
  const plans = fc.uniqueArray(plan, {
    minLength,
    maxLength,
    comparator: (a, b) => codec.sameLabel(a.label, b.label),
  });
  const wantsDefault = traits.defaultLabel ? fc.boolean() : fc.constant(false);
  return fc
    .tuple(plans, wantsDefault)
    .map(([list, hasDefault]) => storeOf(codec, traits, list, hasDefault));
}

function storeOf(codec: Codec, traits: Traits, plans: readonly Plan[], hasDefault: boolean): Store {
  const entries: Entry[] = plans.map(({ label, created, what }) => {
    const named = {
      label: traits.labels === "stored" ? codec.storedLabel(label) : subjectOf(what),
      ...(created === undefined ? {} : { created }),
    };
    if ("signer" in what) {
      const { signer, enabled } = what;
      return { kind: "trusted", ...named, certificate: certificate(signer), enabled };
    }
    const [leaf, ...signers] = IDENTITIES[what.key].map(certificate);
    if (leaf === undefined) throw new Error("an identity without a certificate");
    return {
      kind: "key",
      ...named,
      key: { state: "open", pkcs8: new Secret(pemFixture(`pem/${what.key}-key.pem`)) },
      chain: [leaf, ...signers.slice(0, what.length - 1)],
    };
  });
  if (traits.chains === "entries") entries.push(...missingSigners(codec, entries));
  const first = entries.find((entry) => entry.kind === "key");
  return hasDefault && first !== undefined ? { entries, defaultLabel: first.label } : { entries };
}

function subjectOf(what: Plan["what"]): string {
  return printName(certificate("signer" in what ? what.signer : what.key).subject);
}

/** The signers of all chains that are no entry yet. */
function missingSigners(codec: Codec, entries: readonly Entry[]): readonly Entry[] {
  const taken = (label: string) => entries.some((entry) => codec.sameLabel(entry.label, label));
  const present = new Set(
    entries.map((entry) => (entry.kind === "trusted" ? entry.certificate.sha256 : "")),
  );
  const missing: Entry[] = [];
  for (const entry of entries) {
    if (entry.kind !== "key") continue;
    for (const signer of entry.chain.slice(1)) {
      if (present.has(signer.sha256)) continue;
      present.add(signer.sha256);
      let label = `signer ${signer.sha256.slice(0, 8)}`;
      while (taken(label)) label += "'";
      missing.push({ kind: "trusted", label, certificate: signer, enabled: true });
    }
  }
  return missing;
}

/** A store of `count` signers, all the same certificate: for growth, and for damage to large files. */
export function manySigners(count: number, labels: (i: number) => string): Store {
  const root = certificate("root");
  return {
    entries: Array.from({ length: count }, (_, i): Entry => {
      return { kind: "trusted", label: labels(i), certificate: root, enabled: true };
    }),
  };
}
