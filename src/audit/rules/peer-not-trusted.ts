import type { CertificateRecord, InventoryView, StoreRecord } from "../inventory-view.ts";
import { rule } from "../rule.ts";
import { sameText } from "../same-text.ts";

/** Longer chains are nobody's, and a loop ends here. */
const MAX_STEPS = 16;

export const peerNotTrusted = rule({
  id: "peer-not-trusted",
  on: "inventory",
  severity: "error",
  title: "a store does not trust the peer that the policy names",
  cites: ["IBM MQ: AMQ9633", "RFC 5280 §6.1"],
  profiles: ["default"],
  // `shows.kdb -> trusts.kdb`, or `one.kdb <-> other.kdb` for both ways.
  parameters: { pairs: [] as readonly string[] },
  *check(inventory, { parameters: { pairs } }) {
    if (pairs.length === 0) return;
    const stores = new Map(inventory.stores.map((store) => [store.path, store]));
    for (const pair of pairs) {
      const [, left = "", arrow, right = ""] = /^(.+?)\s+(<?->)\s+(.+)$/.exec(pair.trim()) ?? [];
      const [a, b] = [stores.get(left), stores.get(right)];
      // What was not audited, or not opened, cannot be judged.
      if (a === undefined || b === undefined) continue;
      for (const [shows, trusts] of arrow === "->"
        ? [[a, b] as const]
        : ([
            [a, b],
            [b, a],
          ] as const)) {
        if (shows.personal.some((sha256) => isTrusted(sha256, shows, trusts, inventory))) continue;
        yield {
          key: `${shows.path}\u0000${trusts.path}`,
          places: [{ path: trusts.path }, { path: shows.path }],
          facts: { shows: shows.path, trusts: trusts.path, keys: shows.personal.length },
        };
      }
    }
  },
  explain: ({ shows, trusts, keys }) =>
    keys === 0
      ? `${trusts} is to trust ${shows}, which has no certificate of its own to show.`
      : `${trusts} trusts neither the certificates of ${shows} nor a CA above them: the handshake between the two fails.`,
  fix: ({ shows, trusts }) => `Let them trust each other: pki exchange ${shows} ${trusts}.`,
});

/** Whether a chain leads from a certificate of one store to what another one trusts, by names and key identifiers. */
function isTrusted(
  leaf: string,
  shows: StoreRecord,
  trusts: StoreRecord,
  { certificates }: InventoryView,
): boolean {
  const trusted = new Set(trusts.trusted);
  const known: CertificateRecord[] = [];
  for (const record of certificates.values("ca")) {
    const { sha256, standings } = record;
    if (trusted.has(sha256) || standings.some(({ store }) => store === shows)) known.push(record);
  }
  const seen = new Set<string>();
  let level = [certificates.get(leaf)].filter((one) => one !== undefined);
  for (let step = 0; step < MAX_STEPS && level.length > 0; step++) {
    if (level.some(({ sha256 }) => trusted.has(sha256))) return true;
    for (const { sha256 } of level) seen.add(sha256);
    level = known.filter(
      (issuer) => !seen.has(issuer.sha256) && level.some((one) => mayHaveIssued(issuer, one)),
    );
  }
  return false;
}

function mayHaveIssued(issuer: CertificateRecord, one: CertificateRecord): boolean {
  if (sameText(issuer.subject) !== sameText(one.issuer)) return false;
  const { authorityKeyId } = one;
  const { subjectKeyId } = issuer;
  return (
    authorityKeyId === undefined || subjectKeyId === undefined || authorityKeyId === subjectKeyId
  );
}
