import type { CertificateRecord, Standing } from "../../audit/inventory-view.ts";
import type { CertificateRecords } from "../../audit/records.ts";
import type { AuditReport, StoreSummary } from "../../audit/report.ts";
import { toHex } from "../../bytes/octets.ts";
import { digest } from "../../crypto/digest.ts";
import { compactJson, isoTime } from "../json.ts";
import { clip, toolVersion } from "./words.ts";

const LONGEST = 1000;
/** Occurrences of one asset; a trusted root can stand in thousands of stores. */
const SHOWN_PLACES = 1000;

/**
 * `--format cyclonedx`: the cryptographic bill of materials (CBOM), CycloneDX 1.7.
 *
 * Certificates, the keys behind them (where a private key is, and what protects it) and the algorithms in use.
 * `nistQuantumSecurityLevel` 0 marks what a quantum computer breaks. Findings are not part of it.
 */
export function* cyclonedxReport(report: AuditReport): Iterable<string> {
  const { certificates } = report.inventory;
  const stores = new Map(report.stores.map((store) => [store.path, store]));
  const timestamp = isoTime(report.at);
  yield `{"$schema":"http://cyclonedx.org/schema/bom-1.7.schema.json","bomFormat":"CycloneDX","specVersion":"1.7",\n`;
  yield `"serialNumber":${compactJson(serialNumber(timestamp, certificates))},"version":1,\n`;
  yield `"metadata":${compactJson(metadata(timestamp, report.root))},\n"components":[`;
  let separator = "\n";
  for (const component of components(certificates, stores, statesOf(report))) {
    yield separator + compactJson(component);
    separator = ",\n";
  }
  yield "]}\n";
}

function* components(
  certificates: CertificateRecords,
  stores: ReadonlyMap<string, StoreSummary>,
  stateOf: StateOf,
): Iterable<object> {
  const algorithms = new Map<string, object>();
  for (const record of certificates.values()) {
    const signature = `signature:${record.signatureAlgorithm}`;
    if (!algorithms.has(signature)) {
      algorithms.set(signature, algorithmOf(signature, record.signatureAlgorithm, "signature"));
    }
    const key = keyAlgorithm(record);
    if (!algorithms.has(key.ref)) {
      algorithms.set(key.ref, algorithmOf(key.ref, key.name, key.primitive, record));
    }
    yield certificateOf(record, signature, stateOf(record));
  }
  for (const sharing of certificates.groups("key", 1)) yield* keysOf([...sharing], stores);
  yield* algorithms.values();
}

function certificateOf(record: CertificateRecord, signature: string, state: object): object {
  return {
    type: "cryptographic-asset",
    "bom-ref": `certificate:${record.sha256}`,
    name: clip(record.subject === "" ? record.sha256 : record.subject, LONGEST),
    evidence: { occurrences: occurrences(record.standings) },
    cryptoProperties: {
      assetType: "certificate",
      certificateProperties: {
        serialNumber: record.serial,
        subjectName: record.subject,
        issuerName: record.issuer,
        ...dated("notValidBefore", record.notBefore),
        ...dated("notValidAfter", record.notAfter),
        certificateFormat: "X.509",
        fingerprint: { alg: "SHA-256", content: record.sha256 },
        certificateState: [state],
        ...extensionsOf(record),
        relatedCryptographicAssets: [
          { type: "algorithm", ref: signature },
          { type: "public-key", ref: `public-key:${record.spki}` },
        ],
      },
    },
  };
}

/** What is remembered of its extensions, by CycloneDX's names. */
function extensionsOf(record: CertificateRecord): object {
  const { subjectAltNames, keyUsage, extendedKeyUsage, subjectKeyId, authorityKeyId } = record;
  const values: readonly (readonly [string, string | undefined])[] = [
    ["basicConstraints", record.ca && record.version === 3 ? "CA:TRUE" : undefined],
    ["keyUsage", keyUsage?.join(", ")],
    ["extendedKeyUsage", extendedKeyUsage?.join(", ")],
    ["subjectAlternativeName", subjectAltNames?.join(", ")],
    ["subjectKeyIdentifier", subjectKeyId],
    ["authorityKeyIdentifier", authorityKeyId],
  ];
  const list = values.flatMap(([commonExtensionName, value]) =>
    value === undefined
      ? []
      : [{ commonExtensionName, commonExtensionValue: clip(value, LONGEST) }],
  );
  return list.length === 0 ? {} : { certificateExtensions: list };
}

type StateOf = (record: CertificateRecord) => { readonly state: string; readonly reason?: string };

/** By the dates, and by what the revocation lists among the files say. */
function statesOf({ at, findings, suppressed }: AuditReport): StateOf {
  const revoked = new Map<
    string | undefined,
    { readonly state: string; readonly reason: string }
  >();
  for (const { finding } of [...findings, ...suppressed.map(({ described }) => described)]) {
    if (finding.rule !== "certificate-revoked") continue;
    const reason = String(finding.facts.reason);
    const state = reason === "certificateHold" ? "suspended" : "revoked";
    for (const { sha256 } of finding.places) revoked.set(sha256, { state, reason });
  }
  return ({ sha256, notBefore, notAfter }) => {
    if (at < notBefore) return { state: "pre-activation" };
    if (at > notAfter) return { state: "deactivated" };
    return revoked.get(sha256) ?? { state: "active" };
  };
}

function* keysOf(
  sharing: readonly CertificateRecord[],
  stores: ReadonlyMap<string, StoreSummary>,
): Iterable<object> {
  const [record] = sharing;
  if (record === undefined) return;
  const { spki } = record;
  const material = (type: "public-key" | "private-key", extra: object) => ({
    type,
    id: spki,
    algorithmRef: keyAlgorithm(record).ref,
    ...(record.keyBits > 0 ? { size: record.keyBits } : {}),
    ...extra,
  });
  const asset = (ref: string, name: string, rest: object) => ({
    type: "cryptographic-asset",
    "bom-ref": ref,
    name: clip(`${name} of ${record.subject === "" ? spki : record.subject}`, LONGEST),
    ...rest,
  });
  yield asset(`public-key:${spki}`, "public key", {
    cryptoProperties: {
      assetType: "related-crypto-material",
      relatedCryptoMaterialProperties: material("public-key", {
        fingerprint: { alg: "SHA-256", content: spki },
      }),
    },
  });
  const held = sharing.flatMap(({ standings }) =>
    standings.filter(({ use }) => use === "personal"),
  );
  const [first] = held;
  if (first === undefined) return;
  const protections = new Set(held.map(({ store }) => stores.get(store.path)?.protection ?? ""));
  const mechanism = [...protections]
    .filter((text) => text !== "")
    .sort()
    .join("; ");
  yield asset(`private-key:${spki}`, "private key", {
    evidence: { occurrences: occurrences(held) },
    cryptoProperties: {
      assetType: "related-crypto-material",
      relatedCryptoMaterialProperties: material("private-key", {
        ...(mechanism === "" ? {} : { securedBy: { mechanism: clip(mechanism, LONGEST) } }),
      }),
    },
  });
}

function occurrences(standings: readonly Standing[]): readonly object[] {
  return standings.slice(0, SHOWN_PLACES).map(({ store, label, use }) => ({
    location: store.path,
    symbol: label,
    additionalContext: use,
  }));
}

type Primitive = "signature" | "pke" | "key-agree" | "unknown";

function keyAlgorithm(record: CertificateRecord): {
  ref: string;
  name: string;
  primitive: Primitive;
} {
  const { keyAlgorithm: algorithm, keyBits, curve } = record;
  const name = [algorithm, curve ?? (keyBits > 0 ? String(keyBits) : "")].filter(Boolean).join("-");
  return { ref: `key:${name}`, name, primitive: PRIMITIVES[algorithm] ?? "unknown" };
}

const PRIMITIVES: Readonly<Record<string, Primitive>> = {
  RSA: "pke",
  "RSASSA-PSS": "signature",
  EC: "signature",
  DSA: "signature",
  Ed25519: "signature",
  Ed448: "signature",
  X25519: "key-agree",
  X448: "key-agree",
};
/** What Shor's algorithm breaks: every signature and key type that this program knows the name of. */
const BREAKABLE = /RSA|DSA|^EC|Ed25519|Ed448|X25519|X448/i;

function algorithmOf(
  ref: string,
  name: string,
  primitive: Primitive,
  key?: CertificateRecord,
): object {
  return {
    type: "cryptographic-asset",
    "bom-ref": ref,
    name,
    cryptoProperties: {
      assetType: "algorithm",
      algorithmProperties: {
        primitive,
        ...(key === undefined || key.keyBits === 0
          ? {}
          : { parameterSetIdentifier: key.curve ?? String(key.keyBits) }),
        cryptoFunctions: primitive === "key-agree" ? ["keygen"] : ["sign", "verify"],
        ...(BREAKABLE.test(name) ? { nistQuantumSecurityLevel: 0 } : {}),
      },
      ...(/^\d+(\.\d+)+$/.test(name) ? { oid: name } : {}),
    },
  };
}

function metadata(timestamp: string, root: string): object {
  return {
    timestamp,
    lifecycles: [{ phase: "operations" }],
    tools: { components: [{ type: "application", name: "pki", version: toolVersion }] },
    component: { type: "application", "bom-ref": "audited", name: clip(root, LONGEST) },
  };
}

/** Years outside 0 to 9999 have no RFC 3339 form. */
function dated(name: string, time: Date): object {
  const text = isoTime(time);
  return /^\d{4}-/.test(text) ? { [name]: text } : {};
}

/** A UUID (version 8, RFC 9562 §5.8) made of what the bill holds: the same content, the same number. */
function serialNumber(timestamp: string, certificates: CertificateRecords): string {
  const parts = [timestamp];
  for (const { sha256 } of certificates.values()) parts.push(sha256);
  const text = parts.join("\n");
  const hex = toHex(digest("sha256", new TextEncoder().encode(text)));
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
