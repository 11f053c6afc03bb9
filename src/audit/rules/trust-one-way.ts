import type { CertificateRecord, StoreRecord } from "../inventory-view.ts";
import { rule } from "../rule.ts";

export const trustOneWay = rule({
  id: "trust-one-way",
  on: "inventory",
  severity: "notice",
  title: "one store trusts another that does not trust it",
  cites: ["IBM MQ, SSLCAUTH(REQUIRED): both sides need the other's CA (AMQ9633)", "practice"],
  profiles: ["mq", "um", "strict"],
  *check({ certificates, stores }, { profiles }) {
    const anchors = anchorsOf(certificates.values("held"));
    const trusters = new Map<string, StoreRecord[]>();
    // Of those that identify nobody, which are most, nothing is asked.
    for (const store of anchors.keys()) {
      for (const sha256 of new Set(store.trusted)) {
        const list = trusters.get(sha256);
        if (list === undefined) trusters.set(sha256, [store]);
        else list.push(store);
      }
    }
    for (const store of stores) {
      // Only stores that identify somebody and trust somebody stand in a relation that goes both ways.
      const own = anchors.get(store);
      if (own === undefined) continue;
      const { personal } = store;
      const trusted = new Set(store.trusted);
      if (trusted.size === 0) continue;
      const others = new Set<StoreRecord>();
      for (const sha256 of own) {
        for (const other of trusters.get(sha256) ?? []) if (other !== store) others.add(other);
      }
      const unmet: string[] = [];
      let direct = false;
      for (const other of others) {
        const theirs = anchors.get(other);
        if (theirs === undefined || store.path === other.path) continue;
        // The same identity in two formats is no peer.
        if (other.personal.some((sha256) => personal.includes(sha256))) continue;
        if ([...theirs].some((sha256) => trusted.has(sha256))) continue;
        unmet.push(other.path);
        // That very certificate, not just its CA, is trusted: the two are peers, and MQ's and UM's show theirs.
        direct ||= personal.some((sha256) => other.trusted.includes(sha256));
      }
      if (unmet.length === 0) continue;
      unmet.sort();
      yield {
        key: store.path,
        places: [{ path: store.path }, ...unmet.map((path) => ({ path }))],
        facts: { store: store.path, trustedBy: unmet.slice(0, 20), count: unmet.length },
        ...(direct && (profiles.has("mq") || profiles.has("um")) ? { severity: "error" } : {}),
      };
    }
  },
  explain: ({ store, trustedBy, count }) =>
    `${count === 1 ? "One store trusts" : `${count} stores trust`} ${store}, which does not trust ${count === 1 ? "it" : "them"}: ${(trustedBy as readonly string[]).join(", ")}. Where both sides show certificates, that connection fails.`,
  fix: () =>
    "If they are peers, run pki exchange on the two stores; if one side shows no certificate, this is as it should be.",
});

/** For each store with keys: the certificates by which others may trust them, its own and those above. */
function anchorsOf(records: Iterable<CertificateRecord>): Map<StoreRecord, Set<string>> {
  const anchors = new Map<StoreRecord, Set<string>>();
  for (const { sha256, standings } of records) {
    for (const { store, use } of standings) {
      if (use === "signer") continue;
      const list = anchors.get(store);
      if (list === undefined) anchors.set(store, new Set([sha256]));
      else list.add(sha256);
    }
  }
  return anchors;
}
