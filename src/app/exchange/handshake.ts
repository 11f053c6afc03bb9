import type { HostTls, TlsEnd, TlsIdentity, TlsOptions, TlsOutcome } from "../../io/host.ts";
import type { Certificate } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import type { Secret } from "../../model/secret.ts";
import { completeChain } from "../../x509/chain.ts";
import { subjectAltNames } from "../../x509/extensions.ts";
import { printGeneralName } from "../../x509/general-name.ts";
import { printName } from "../../x509/name.ts";
import { parseCertificate } from "../../x509/parse.ts";
import { type HandshakeReason, handshakeReason } from "./handshake-reason.ts";
import { mayServe, mayTalk } from "./tls-role.ts";

/** One party of a proof: what its store holds, with the key opened. */
export interface ProofParty {
  readonly name: string;
  readonly path: string;
  /** Absent: a store without a personal certificate, which can only be a client of one-way TLS. */
  readonly identity?: {
    readonly pkcs8: Secret;
    /** Leaf first, complete up to the root. */
    readonly chain: readonly [Certificate, ...Certificate[]];
  };
  /** Exactly the certificates that this very store trusts. */
  readonly trusted: readonly Certificate[];
}

/** Makes an identity that nobody here trusts, but that carries the names of somebody who is trusted. */
export type StrangerMaker = (
  kind: StrangerKind,
  like: readonly [Certificate, ...Certificate[]],
) => Promise<TlsIdentity>;
export type StrangerKind = "self-signed" | "same-name-ca";

export interface ProofOptions {
  /** The first party's signers went into the others, and not back: only it is authenticated. */
  readonly oneWay: boolean;
  /** Expired and not yet valid certificates are stated, and do not fail the proof. */
  readonly ignoreDates: boolean;
  readonly now: Date;
}

export interface PairProof {
  readonly server: string;
  readonly client: string;
  readonly result: "finished" | "not-tried";
  readonly protocol?: string;
  readonly cipher?: string;
  /** What the client saw of the server, and the server of the client. */
  readonly serverSubject?: string;
  readonly clientSubject?: string;
  /** True: dates that are not fulfilled today were left out of the judgement. */
  readonly datesIgnored?: boolean;
  /** Why it was not tried. */
  readonly reason?: string;
}

export interface RefusalProof {
  /** The party that refused, and in which role. */
  readonly party: string;
  readonly role: "server" | "client";
  readonly stranger: StrangerKind | "no-certificate";
  readonly reason: string;
}

export interface HostNames {
  readonly party: string;
  /** `DNS:` and `IP:` names of the certificate. Clients that compare host names need the server's. */
  readonly names: readonly string[];
}

export interface Proof {
  readonly pairs: readonly PairProof[];
  readonly refusals: readonly RefusalProof[];
  /** Host names are no matter of trust and were not compared; these are the ones that would be. */
  readonly hostNames: readonly HostNames[];
}

/**
 * Proves with real handshakes on loopback that every party accepts every other, as a server and as a
 * client, and that nobody accepts a stranger. See docs/exchange.md, "What is proved".
 *
 * A direction that a certificate's extended key usage rules out is not tried, and said so; at least
 * one direction of every two parties must be there.
 *
 * @throws PkiError `handshake-failed` naming the end that refused, and why
 */
export async function proveExchange(
  tls: HostTls,
  parties: readonly ProofParty[],
  stranger: StrangerMaker,
  options: ProofOptions,
): Promise<Proof> {
  const prover = new Prover(tls, stranger, options);
  const pairs: PairProof[] = [];
  for (const [i, a] of parties.entries()) {
    for (const b of parties.slice(i + 1)) {
      if (options.oneWay && i > 0) continue;
      const both = [await prover.pair(a, b)];
      if (!options.oneWay) both.push(await prover.pair(b, a));
      if (both.every((one) => one.result === "not-tried")) throw nothingToTry(a, b, both);
      pairs.push(...both);
    }
  }
  const refusals: RefusalProof[] = [];
  for (const [i, party] of parties.entries()) {
    const others = options.oneWay
      ? parties.slice(0, i === 0 ? 0 : 1)
      : parties.filter((one) => one !== party);
    const [like] = others;
    if (like?.identity === undefined) continue;
    refusals.push(...(await prover.refusals(party, like.identity.chain)));
  }
  return { pairs, refusals, hostNames: parties.flatMap(hostNames) };
}

class Prover {
  readonly #tls: HostTls;
  readonly #stranger: StrangerMaker;
  readonly #options: ProofOptions;

  constructor(tls: HostTls, stranger: StrangerMaker, options: ProofOptions) {
    this.#tls = tls;
    this.#stranger = stranger;
    this.#options = options;
  }

  async pair(server: ProofParty, client: ProofParty): Promise<PairProof> {
    const { oneWay, ignoreDates } = this.#options;
    const roles = { server: server.name, client: client.name };
    const obstacle = oneWay ? roleObstacle(server) : roleObstacle(server, client);
    if (obstacle !== undefined) return { ...roles, result: "not-tried", reason: obstacle };
    const stale = [server, ...(oneWay ? [] : [client])].some((one) => this.#outdated(one));
    const verify = ignoreDates && stale ? "nobody" : "peer";
    const clientEnd = oneWay ? { trusted: ders(client.trusted) } : endOf(client);
    const clientCertificate = oneWay ? "none" : "required";
    const outcome = await this.#tls.handshake(endOf(server), clientEnd, {
      clientCertificate,
      verify,
    });
    if (!outcome.finished) throw this.#failure(server, client, outcome);
    const [serverLeaf] = judged(server, client, outcome.serverPresented, verify);
    const [clientLeaf] = oneWay ? [] : judged(client, server, outcome.clientPresented, verify);
    return {
      ...roles,
      result: "finished",
      protocol: outcome.protocol,
      cipher: outcome.cipher,
      ...(serverLeaf === undefined ? {} : { serverSubject: printName(serverLeaf.subject) }),
      ...(clientLeaf === undefined ? {} : { clientSubject: printName(clientLeaf.subject) }),
      ...(verify === "nobody" ? { datesIgnored: true } : {}),
    };
  }

  /** A stranger in the name of `like` is refused by `party` in both roles, and so is nobody at all. */
  async refusals(
    party: ProofParty,
    like: readonly [Certificate, ...Certificate[]],
  ): Promise<readonly RefusalProof[]> {
    const out: RefusalProof[] = [];
    for (const kind of ["self-signed", "same-name-ca"] as const) {
      const identity = await this.#stranger(kind, like);
      try {
        const end: TlsEnd = { identity, trusted: ders(party.identity?.chain ?? []) };
        const asClient = await this.#tls.handshake(
          end,
          { trusted: ders(party.trusted) },
          { clientCertificate: "none", verify: "peer" },
        );
        out.push(refusal(party, "client", kind, asClient));
        if (this.#serves(party)) {
          const asServer = await this.#tls.handshake(endOf(party), end, REQUIRED);
          out.push(refusal(party, "server", kind, asServer));
        }
      } finally {
        identity.pkcs8.dispose();
      }
    }
    if (this.#serves(party)) {
      const alone: TlsEnd = { trusted: ders(party.identity?.chain ?? []) };
      const outcome = await this.#tls.handshake(endOf(party), alone, REQUIRED);
      out.push(refusal(party, "server", "no-certificate", outcome));
    }
    return out;
  }

  /** Can the party be asked, as a server that wants a certificate? */
  #serves(party: ProofParty): boolean {
    return !this.#options.oneWay && roleObstacle(party) === undefined && !this.#outdated(party);
  }

  #outdated(party: ProofParty): boolean {
    return (party.identity?.chain ?? []).some((one) => dateProblem(one, this.#options.now));
  }

  #failure(
    server: ProofParty,
    client: ProofParty,
    outcome: Extract<TlsOutcome, { finished: false }>,
  ): PkiError {
    const byServer = outcome.refusedBy === "server";
    const [refuser, refused] = byServer ? [server, client] : [client, server];
    const reason = this.#datedReason(refused, outcome.reason);
    const roles = byServer ? ["server", "client"] : ["client", "server"];
    const message =
      outcome.refusedBy === "unknown"
        ? `${client.name} as client and ${server.name} as server come to no connection: ${reason.text}`
        : `${refuser.name} as ${roles[0]} does not accept ${refused.name} as ${roles[1]}: ${reason.text}`;
    return new PkiError("handshake-failed", message, {
      path: refuser.path,
      where: outcome.reason,
      ...(reason.hint === undefined ? {} : { hint: reason.hint }),
    });
  }

  /** Names the certificate and the date where the library says no more than "expired". */
  #datedReason(refused: ProofParty, code: string): HandshakeReason {
    const reason = handshakeReason(code);
    if (!/EXPIRED|NOT_YET_VALID/.test(code)) return reason;
    for (const one of refused.identity?.chain ?? []) {
      const problem = dateProblem(one, this.#options.now);
      if (problem !== undefined) return { ...reason, text: problem };
    }
    return reason;
  }
}

const REQUIRED: TlsOptions = { clientCertificate: "required", verify: "peer" };

/** What is wrong with a certificate's dates, in words; undefined when nothing is. */
export function dateProblem(certificate: Certificate, now: Date): string | undefined {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const subject = printName(certificate.subject);
  if (certificate.notAfter < now) {
    return `the certificate ${subject} expired on ${day(certificate.notAfter)}`;
  }
  if (certificate.notBefore > now) {
    return `the certificate ${subject} is not valid before ${day(certificate.notBefore)}`;
  }
  return undefined;
}

function roleObstacle(server: ProofParty, client?: ProofParty): string | undefined {
  if (server.identity === undefined) return `${server.name} has no personal certificate`;
  if (!mayServe(server.identity.chain[0])) {
    return `the certificate of ${server.name} may not be a server (extended key usage)`;
  }
  if (client === undefined) return undefined;
  if (client.identity === undefined) return `${client.name} has no personal certificate`;
  if (!mayTalk(client.identity.chain[0])) {
    return `the certificate of ${client.name} may not be a client (extended key usage)`;
  }
  return undefined;
}

function nothingToTry(a: ProofParty, b: ProofParty, pairs: readonly PairProof[]): PkiError {
  const reasons = [...new Set(pairs.map((pair) => pair.reason))].join("; ");
  return new PkiError(
    "handshake-failed",
    `${a.name} and ${b.name} cannot be connected in either direction: ${reasons}`,
    { path: a.path, hint: "issue one of them anew with `pki issue peer`, which may be both" },
  );
}

/**
 * The presented chain, leaf first. Where the library judged it, that stands; where it was told not to
 * (dates ignored), the chain must end in a self-signed certificate that `judge` trusts.
 */
function judged(
  owner: ProofParty,
  judge: ProofParty,
  presented: readonly Uint8Array[],
  verify: TlsOptions["verify"],
): readonly Certificate[] {
  const certificates = presented.map((one) => parseCertificate(one, "handshake"));
  const [leaf] = certificates;
  if (leaf === undefined || leaf.sha256 !== owner.identity?.chain[0].sha256) {
    throw new PkiError(
      "handshake-failed",
      `${owner.name} presented another certificate than the one of its store`,
      { path: owner.path },
    );
  }
  if (verify === "nobody") {
    const { chain, complete } = completeChain(leaf, [...certificates, ...judge.trusted]);
    const root = chain.at(-1);
    if (!complete || !judge.trusted.some((one) => one.sha256 === root?.sha256)) {
      const reason = handshakeReason("UNTRUSTED");
      throw new PkiError(
        "handshake-failed",
        `${judge.name} does not accept ${owner.name}: ${reason.text}`,
        { path: judge.path, ...(reason.hint === undefined ? {} : { hint: reason.hint }) },
      );
    }
  }
  return certificates;
}

function refusal(
  party: ProofParty,
  role: "server" | "client",
  stranger: RefusalProof["stranger"],
  outcome: TlsOutcome,
): RefusalProof {
  if (!outcome.finished && outcome.refusedBy === role) {
    return { party: party.name, role, stranger, reason: outcome.reason };
  }
  const who = stranger === "no-certificate" ? "a client without a certificate" : "a stranger";
  throw new PkiError(
    "handshake-failed",
    outcome.finished
      ? `${party.name} as ${role} accepts ${who}`
      : `${party.name} as ${role} was to refuse ${who}, and the connection ended otherwise`,
    {
      path: party.path,
      where: outcome.finished ? stranger : outcome.reason,
      hint: "look for signers in it that should not be trusted: `pki list`",
    },
  );
}

function hostNames(party: ProofParty): readonly HostNames[] {
  if (party.identity === undefined) return [];
  return [{ party: party.name, names: namesOf(party.identity.chain[0]) }];
}

function namesOf(certificate: Certificate): readonly string[] {
  try {
    const names = subjectAltNames(certificate).map(printGeneralName);
    return names.filter((name) => /^(DNS|IP):/.test(name));
  } catch {
    return []; // An extension that cannot be read names nobody; TLS has just judged the certificate.
  }
}

function endOf(party: ProofParty): TlsEnd {
  const trusted = ders(party.trusted);
  if (party.identity === undefined) return { trusted };
  const [leaf, ...issuers] = party.identity.chain;
  const chain: [Uint8Array, ...Uint8Array[]] = [leaf.der, ...ders(issuers)];
  return { identity: { pkcs8: party.identity.pkcs8, chain }, trusted };
}

function ders(certificates: readonly Certificate[]): readonly Uint8Array[] {
  return certificates.map((one) => one.der);
}
