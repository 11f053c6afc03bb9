import type { CertificateRecord, InventoryView } from "../../../audit/inventory-view.ts";
import type { CertificateRecords } from "../../../audit/records.ts";
import { sameText } from "../../../audit/same-text.ts";
import { counted } from "../words.ts";

export interface TrustNode {
  readonly id: string;
  /** A store that presents certificates, a certificate that others rest on, one that is missing, a store that trusts. */
  readonly kind: "holder" | "authority" | "missing" | "truster";
  /** 0: holders; then issuers, the ones further up further right; last: who trusts. */
  readonly column: number;
  readonly title: string;
  readonly detail: string;
  /** Why it stands out. */
  readonly problem?: string;
  /** Stands out less: works, and is of no use here. */
  readonly lonely?: boolean;
}

export interface TrustEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: "issued" | "trusts" | "one-way" | "broken";
}

/** `truster` trusts what `trusted` presents, by way of `via`; not the other way round. */
export interface OneWay {
  readonly truster: string;
  readonly trusted: string;
  readonly via: string;
}

export interface TrustGraph {
  readonly nodes: readonly TrustNode[];
  readonly edges: readonly TrustEdge[];
  readonly columns: number;
  readonly oneWay: readonly OneWay[];
  readonly broken: readonly { readonly where: string; readonly what: string }[];
  /** Stores that hold or trust, and are not drawn. */
  readonly hidden: number;
}

/** More than this on one side cannot be read as a drawing. */
const DRAWN_STORES = 40;
/** A store that trusts more is a bundle of public CAs: of those only the ones in use are drawn. */
const BUNDLE = 12;
/** Certificates that are trusted and that nothing drawn rests on. */
const DRAWN_IDLE = 12;
/** Pairs of stores are compared; this many stores at most. */
const COMPARED = 300;
const LONGEST_CHAIN = 10;

/**
 * Who trusts whom: stores with keys, the certificates they rest on, stores that trust those.
 *
 * Issuers are found by name and key identifier among everything that was audited; signatures are the business of
 * the rules. Two stores are compared for one-way trust only where both hold a key and trust something:
 * a key store whose trust store is another file is no half of anything.
 */
export function trustGraph({ certificates, stores }: InventoryView, at: Date): TrustGraph {
  const once = known();
  const issuerOf = issuers(certificates, once);
  const nodes = new Map<string, TrustNode>();
  const edges = new Map<string, TrustEdge>();
  const broken = new Map<string, { where: string; what: string }>();
  const link = (from: string, to: string, kind: TrustEdge["kind"]) => {
    const known = edges.get(`${from}\u0000${to}`);
    if (known === undefined || known.kind === "trusts")
      edges.set(`${from}\u0000${to}`, { from, to, kind });
  };
  const chainOf = (record: CertificateRecord): CertificateRecord[] => {
    const chain = [record];
    for (
      let at = issuerOf(record);
      at !== undefined && chain.length < LONGEST_CHAIN;
      at = issuerOf(at)
    ) {
      if (chain.includes(at)) break;
      chain.push(at);
    }
    return chain;
  };

  const all = stores.map((store) => ({
    path: store.path,
    trusted: new Set(store.trusted),
    personal: [...new Set(store.personal)].flatMap(
      (sha256) => once(certificates.get(sha256)) ?? [],
    ),
  }));
  const ended = ({ notAfter }: CertificateRecord) => notAfter < at;
  const fails = (own: CertificateRecord) => ended(own) || chainOf(own).at(-1)?.selfIssued !== true;
  const holders = all.filter(({ personal }) => personal.length > 0);
  // Where not all can be drawn, those that stand out are.
  const drawn = worstFirst(holders, ({ personal }) => personal.some(fails)).slice(0, DRAWN_STORES);

  // What the drawn stores present, and what that rests on, by distance from the presented certificate.
  const depth = new Map<string, number>();
  const rest = new Map<string, CertificateRecord>();
  const shown = new Set(drawn);
  for (const holder of holders) {
    const { path, personal } = holder;
    for (const own of personal) {
      const top = chainOf(own).at(-1) as CertificateRecord;
      if (!top.selfIssued) {
        broken.set(`${path} missing ${top.issuer}`, {
          where: path,
          what: `the chain of ${own.subject} ends at ${top.issuer}, which is in no store`,
        });
      }
      if (ended(own)) {
        broken.set(`${path} ${own.sha256}`, {
          where: path,
          what: `${own.subject} expired on ${dayOf(own.notAfter)}`,
        });
      }
    }
    if (!shown.has(holder)) continue;
    const expired = personal.filter(ended).length;
    for (const own of personal) {
      const chain = chainOf(own);
      const above = own.selfIssued ? chain : chain.slice(1);
      above.forEach((record, i) => {
        rest.set(record.sha256, record);
        depth.set(record.sha256, Math.max(depth.get(record.sha256) ?? 0, i + 1));
      });
      const top = chain.at(-1) as CertificateRecord;
      if (above[0] !== undefined) link(path, above[0].sha256, ended(own) ? "broken" : "issued");
      if (!top.selfIssued) {
        const id = `missing ${top.issuer}`;
        const column = chain.length;
        const known = nodes.get(id);
        nodes.set(id, {
          id,
          kind: "missing",
          column: Math.max(column, known?.column ?? 0),
          title: shortName(top.issuer),
          detail: top.issuer,
          problem: "not in any store",
        });
        link(top === own ? path : top.sha256, id, "broken");
      }
    }
    nodes.set(path, {
      id: path,
      kind: "holder",
      column: 0,
      title: path,
      detail: personal.map(({ subject }) => shortName(subject)).join(", "),
      ...(expired === 0 ? {} : { problem: `${counted(expired, "certificate")} expired` }),
    });
  }
  // What is trusted without being in use here, but for bundles.
  let idle = 0;
  for (const { trusted } of all) {
    for (const sha256 of trusted) {
      const record = once(certificates.get(sha256));
      if (record === undefined || rest.has(sha256)) continue;
      const presented = drawn.find(({ personal }) => personal.includes(record));
      if (presented === undefined && (trusted.size > BUNDLE || idle >= DRAWN_IDLE)) continue;
      if (presented === undefined) idle++;
      rest.set(sha256, record);
      depth.set(sha256, 1);
      if (presented !== undefined)
        link(presented.path, sha256, ended(record) ? "broken" : "issued");
    }
  }
  for (const record of rest.values()) {
    const up = record.selfIssued ? undefined : issuerOf(record);
    if (up !== undefined && rest.has(up.sha256)) {
      link(record.sha256, up.sha256, "issued");
      depth.set(
        up.sha256,
        Math.max(depth.get(up.sha256) ?? 1, (depth.get(record.sha256) ?? 1) + 1),
      );
    }
  }
  const oneWay = oneWayPairs(holders, chainOf);
  const lopsided = new Set(oneWay.map(({ truster, viaId }) => `${truster} ${viaId}`));
  const columns =
    Math.max(1, ...depth.values(), ...[...nodes.values()].map(({ column }) => column)) + 2;
  // What nothing stands above goes beside those who trust it.
  for (const { sha256, selfIssued } of rest.values())
    if (selfIssued) depth.set(sha256, columns - 2);
  const trusters = all.filter(({ trusted }) => [...trusted].some((sha256) => rest.has(sha256)));
  // Of all stores, drawn or not: a certificate is said to be trusted by none.
  const useful = new Set(trusters.flatMap(({ trusted }) => [...trusted]));
  const oneSided = new Set(oneWay.map(({ truster }) => truster));
  const drawnTrusters = worstFirst(trusters, ({ path }) => oneSided.has(path));
  for (const { path, trusted } of drawnTrusters.slice(0, DRAWN_STORES)) {
    const known = [...trusted].filter((sha256) => rest.has(sha256));
    const others = trusted.size - known.length;
    nodes.set(`trusts ${path}`, {
      id: `trusts ${path}`,
      kind: "truster",
      column: columns - 1,
      title: path,
      detail:
        others === 0 ? `trusts ${known.length}` : `trusts ${known.length} and ${others} not drawn`,
    });
    for (const sha256 of known) {
      const dead = ended(rest.get(sha256) as CertificateRecord);
      const kind = lopsided.has(`${path} ${sha256}`) ? "one-way" : "trusts";
      link(sha256, `trusts ${path}`, dead ? "broken" : kind);
    }
  }
  for (const record of rest.values()) {
    const { sha256, subject, notAfter, selfIssued, ca } = record;
    const expired = ended(record);
    const unused = !useful.has(sha256) && (selfIssued || issuerOf(record) === undefined);
    const problem = expired
      ? `expired ${dayOf(notAfter)}`
      : unused
        ? "trusted by no store here"
        : undefined;
    nodes.set(sha256, {
      id: sha256,
      kind: "authority",
      column: depth.get(sha256) ?? 1,
      title: shortName(subject),
      detail: `${ca ? "CA" : selfIssued ? "self-signed" : "certificate"}, until ${dayOf(notAfter)}`,
      ...(problem === undefined ? {} : { problem, lonely: !expired }),
    });
    if (expired)
      broken.set(sha256, {
        where: subject,
        what: `expired on ${dayOf(notAfter)}; everything that rests on it fails`,
      });
  }
  const lines = [...edges.values()].filter(({ from, to }) => nodes.has(from) && nodes.has(to));
  const joined = new Set(lines.flatMap(({ from, to }) => [from, to]));
  return {
    // A certificate whose stores are all left out of the drawing is left out as well.
    nodes: [...nodes.values()].filter(
      ({ id, kind, problem }) => kind !== "authority" || problem !== undefined || joined.has(id),
    ),
    edges: lines,
    columns,
    oneWay: oneWay.map(({ truster, trusted, via }) => ({ truster, trusted, via })),
    broken: [...broken.values()],
    hidden:
      Math.max(0, holders.length - DRAWN_STORES) + Math.max(0, trusters.length - DRAWN_STORES),
  };
}

/** In their order, but where there are more than can be drawn: then those that stand out come first. */
function worstFirst<Store>(
  stores: readonly Store[],
  standsOut: (store: Store) => boolean,
): readonly Store[] {
  if (stores.length <= DRAWN_STORES) return stores;
  return [...stores.filter(standsOut), ...stores.filter((store) => !standsOut(store))];
}

type Once = (record: CertificateRecord | undefined) => CertificateRecord | undefined;

/** Gives one object for each certificate: a large inventory makes its records anew each time. */
function known(): Once {
  const records = new Map<string, CertificateRecord>();
  return (record) => {
    if (record === undefined) return undefined;
    const first = records.get(record.sha256) ?? record;
    records.set(first.sha256, first);
    return first;
  };
}

/** Finds the issuer of a certificate: by name, and by key identifier where both have one. */
function issuers(
  certificates: CertificateRecords,
  once: Once,
): (record: CertificateRecord) => CertificateRecord | undefined {
  const issuer = (record: CertificateRecord) => {
    if (record.selfIssued) return undefined;
    const named = certificates.alike("subject", sameText(record.issuer));
    const fits = [...named].filter(
      (other) =>
        other.subject === record.issuer &&
        other.sha256 !== record.sha256 &&
        (record.authorityKeyId === undefined ||
          other.subjectKeyId === undefined ||
          record.authorityKeyId === other.subjectKeyId),
    );
    // Of a renewed CA the certificate that lasts longest is the one to look at.
    return fits.reduce<CertificateRecord | undefined>(
      (best, other) => (best === undefined || other.notAfter > best.notAfter ? other : best),
      undefined,
    );
  };
  return (record) => once(issuer(record));
}

interface Party {
  readonly path: string;
  readonly trusted: ReadonlySet<string>;
  readonly personal: readonly CertificateRecord[];
}

function oneWayPairs(
  holders: readonly Party[],
  chainOf: (record: CertificateRecord) => readonly CertificateRecord[],
): (OneWay & { readonly viaId: string })[] {
  const parties = holders
    .filter(({ trusted }) => trusted.size > 0)
    .slice(0, COMPARED)
    .map((party) => ({ ...party, chains: party.personal.map(chainOf) }));
  const via = (truster: Party, other: { chains: readonly (readonly CertificateRecord[])[] }) =>
    other.chains.flat().find(({ sha256 }) => truster.trusted.has(sha256));
  const pairs: (OneWay & { viaId: string })[] = [];
  for (const a of parties) {
    for (const b of parties) {
      if (a === b || via(b, a) !== undefined) continue;
      const found = via(a, b);
      if (found === undefined) continue;
      pairs.push({
        truster: a.path,
        trusted: b.path,
        via: shortName(found.subject),
        viaId: found.sha256,
      });
    }
  }
  return pairs;
}

/** The common name where there is one, else the whole name. */
function shortName(name: string): string {
  return (
    /(?:^|[,+])CN=((?:\\.|[^,+\\])+)/.exec(name)?.[1]?.replace(/\\([^0-9A-Fa-f])/g, "$1") ?? name
  );
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
