import { parseCertificate } from "../../x509/parse.ts";
import { signatureVerifies } from "../../x509/signature.ts";
import type { CertificateRecord, InventoryView, StoreRecord } from "../inventory-view.ts";
import { rule } from "../rule.ts";
import { sameText } from "../same-text.ts";
import { failureProves } from "../store-view.ts";

/** Longer chains are nobody's, and a loop ends here. */
const MAX_STEPS = 16;
/** Most CAs of one name that are tried: hostile stores hold thousands. */
const MAX_CANDIDATES = 64;

export const peerNotTrusted = rule({
  id: "peer-not-trusted",
  on: "inventory",
  severity: "error",
  title: "a store does not trust the peer that the policy names",
  cites: ["IBM MQ: AMQ9633", "RFC 5280 §6.1.3 (a)(1)"],
  profiles: ["default"],
  // `shows.kdb -> trusts.kdb`, or `one.kdb <-> other.kdb` for both ways.
  parameters: { pairs: [] as readonly string[] },
  keeps: ({ pairs }) => pairs.flatMap((pair) => partsOf(pair).stores),
  *check(inventory, { parameters: { pairs } }) {
    if (pairs.length === 0) return;
    const stores = new Map(inventory.stores.map((store) => [store.path, store]));
    for (const pair of pairs) {
      const { stores: named, both } = partsOf(pair);
      const [a, b] = named.map((path) => stores.get(path));
      // What was not audited, or not opened, cannot be judged.
      if (a === undefined || b === undefined) continue;
      const ways = [[a, b] as const, ...(both ? [[b, a] as const] : [])];
      for (const [shows, trusts] of ways) {
        const verdicts = shows.personal.map((sha256) => trustIn(sha256, shows, trusts, inventory));
        if (verdicts.includes("trusted")) continue;
        yield {
          key: `${shows.path}\u0000${trusts.path}`,
          places: [{ path: trusts.path }, { path: shows.path }],
          facts: {
            shows: shows.path,
            trusts: trusts.path,
            keys: shows.personal.length,
            namesake: verdicts.includes("namesake"),
          },
        };
      }
    }
  },
  explain: ({ shows, trusts, keys, namesake }) =>
    keys === 0
      ? `${trusts} is to trust ${shows}, which has no certificate of its own to show.`
      : namesake === true
        ? `${trusts} trusts a CA of the right name and not of the right key: it did not sign what ${shows} shows, and the handshake between the two fails.`
        : `${trusts} trusts neither the certificates of ${shows} nor a CA above them: the handshake between the two fails.`,
  fix: ({ shows, trusts }) => `Let them trust each other: pki exchange ${shows} ${trusts}.`,
});

/** Both paths of a pair, and whether it goes both ways; no paths where it is none. */
function partsOf(pair: string): { readonly stores: readonly string[]; readonly both: boolean } {
  const [, left, arrow, right] = /^(.+?)\s+(<?->)\s+(.+)$/.exec(pair.trim()) ?? [];
  const stores = left === undefined || right === undefined ? [] : [left, right];
  return { stores, both: arrow === "<->" };
}

/**
 * Whether a chain leads from a certificate of one store to what another one trusts: by names and key identifiers,
 * and by signatures wherever a failure proves something. `namesake`: by names alone one would.
 */
function trustIn(
  leaf: string,
  shows: StoreRecord,
  trusts: StoreRecord,
  { certificates, whole }: InventoryView,
): "trusted" | "namesake" | "not" {
  const trusted = new Set(trusts.trusted);
  const known: CertificateRecord[] = [];
  for (const record of certificates.values("ca")) {
    const { sha256, standings } = record;
    if (trusted.has(sha256) || standings.some(({ store }) => store === shows)) known.push(record);
  }
  const seen = new Set<string>();
  let namesake = false;
  let level = [certificates.get(leaf)].filter((one) => one !== undefined);
  for (let step = 0; step < MAX_STEPS && level.length > 0; step++) {
    if (level.some(({ sha256 }) => trusted.has(sha256))) return "trusted";
    for (const { sha256 } of level) seen.add(sha256);
    const named = known
      .filter((issuer) => !seen.has(issuer.sha256) && level.some((one) => isNamed(issuer, one)))
      .slice(0, MAX_CANDIDATES);
    level = named.filter((issuer) =>
      level.some((one) => isNamed(issuer, one) && !isForeign(issuer, whole.get(one.sha256))),
    );
    namesake ||= level.length < named.length;
  }
  return namesake ? "namesake" : "not";
}

/** Whether the issuer's name and key identifier are those that the certificate gives. */
function isNamed(issuer: CertificateRecord, one: CertificateRecord): boolean {
  if (sameText(issuer.subject) !== sameText(one.issuer)) return false;
  const { authorityKeyId } = one;
  const { subjectKeyId } = issuer;
  return (
    authorityKeyId === undefined || subjectKeyId === undefined || authorityKeyId === subjectKeyId
  );
}

/** Whether it is proved that another key made the signature. */
function isForeign({ publicKey }: CertificateRecord, der: Uint8Array | undefined): boolean {
  if (publicKey === undefined || der === undefined) return false;
  const certificate = parseCertificate(der);
  return (
    !signatureVerifies(certificate, publicKey) &&
    failureProves(certificate.signatureAlgorithm, publicKey)
  );
}
