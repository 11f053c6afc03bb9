import { describe, expect, it } from "vitest";
import {
  type ProofOptions,
  type ProofParty,
  proveExchange,
  type StrangerMaker,
} from "../../../../src/app/exchange/handshake.ts";
import { nodeTls } from "../../../../src/io/tls.ts";
import type { Certificate } from "../../../../src/model/certificate.ts";
import type { PkiError } from "../../../../src/model/error.ts";
import { makeStranger } from "../../../../src/x509/build/stranger.ts";
import { parseName } from "../../../../src/x509/name.ts";
import { parseCertificate } from "../../../../src/x509/parse.ts";
import { seededRandom } from "../../../support/fake-host.ts";

const random = seededRandom("handshake");
const DAY_MS = 86_400_000;
const now = new Date();
const OPTIONS: ProofOptions = { oneWay: false, ignoreDates: false, now };

const stranger: StrangerMaker = (kind, like) => {
  const subject = (like[0] as Certificate).subject;
  const issuer = (like.at(-1) as Certificate).subject;
  return makeStranger(kind === "self-signed" ? { subject } : { subject, issuer }, now, random);
};

async function party(name: string, ca?: string, at = now): Promise<ProofParty> {
  const subject = parseName(`CN=${name}`);
  const made = await makeStranger(
    ca === undefined ? { subject } : { subject, issuer: parseName(`CN=${ca}`) },
    at,
    random,
  );
  const chain = made.chain.map((one) => parseCertificate(one));
  return {
    name,
    path: `${name}.p12`,
    identity: { pkcs8: made.pkcs8, chain: chain as [Certificate, ...Certificate[]] },
    trusted: [],
  };
}

function root(one: ProofParty): Certificate {
  return one.identity?.chain.at(-1) as Certificate;
}

/** Everybody trusts everybody else's root. */
function exchanged(...parties: readonly ProofParty[]): readonly ProofParty[] {
  return parties.map((one) => ({
    ...one,
    trusted: parties.filter((other) => other !== one).map(root),
  }));
}

async function failure(parties: readonly ProofParty[], options = OPTIONS): Promise<PkiError> {
  return await proveExchange(nodeTls, parties, stranger, options).then(
    () => expect.unreachable("was proved"),
    (error) => error,
  );
}

describe("the proof of an exchange", () => {
  it("tries every ordered pair, and every stranger in both roles", async () => {
    const proof = await proveExchange(
      nodeTls,
      exchanged(await party("a"), await party("b", "B CA"), await party("c", "C CA")),
      stranger,
      OPTIONS,
    );
    expect(proof.pairs.map(({ server, client }) => `${server} ${client}`).sort()).toEqual([
      "a b",
      "a c",
      "b a",
      "b c",
      "c a",
      "c b",
    ]);
    expect(proof.pairs[0]).toEqual({
      server: "a",
      client: "b",
      result: "finished",
      protocol: "TLSv1.3",
      cipher: expect.stringMatching(/^TLS_/),
      serverSubject: "CN=a",
      clientSubject: "CN=b",
    });
    expect(proof.refusals).toHaveLength(3 * 5);
    for (const name of ["a", "b", "c"]) {
      const own = proof.refusals.filter((one) => one.party === name);
      expect(own.map(({ role, stranger: who }) => `${role} ${who}`).sort()).toEqual([
        "client same-name-ca",
        "client self-signed",
        "server no-certificate",
        "server same-name-ca",
        "server self-signed",
      ]);
    }
  });

  it("names the end that refuses", async () => {
    const [a, b] = exchanged(await party("a"), await party("b"));
    const error = await failure([a as ProofParty, { ...(b as ProofParty), trusted: [] }]);
    expect(error).toMatchObject({
      code: "handshake-failed",
      message:
        "b as client does not accept a as server: its chain does not end in a self-signed certificate that is trusted there",
      path: "b.p12",
      where: "DEPTH_ZERO_SELF_SIGNED_CERT",
    });
  });

  it("fails when a stranger is accepted", async () => {
    // A store that trusts every certificate of the impostor's CA stands in for one that trusts too much.
    const ca = await party("ca", "Peer CA");
    const leaf: ProofParty = {
      ...ca,
      name: "b",
    };
    const maker: StrangerMaker = async () => ({
      pkcs8: (ca.identity as NonNullable<ProofParty["identity"]>).pkcs8.copy(),
      chain: (ca.identity?.chain ?? []).map((one) => one.der) as [Uint8Array],
    });
    const error = await proveExchange(
      nodeTls,
      exchanged(await party("a"), leaf),
      maker,
      OPTIONS,
    ).catch((caught: PkiError) => caught);
    expect(error).toMatchObject({
      code: "handshake-failed",
      message: "a as client accepts a stranger",
    });
  });

  it("says which certificate has expired and when", async () => {
    const then = new Date(Date.now() - 10 * DAY_MS);
    const error = await failure(exchanged(await party("a"), await party("b", undefined, then)));
    const day = new Date(then.getTime() + DAY_MS).toISOString().slice(0, 10);
    expect(error).toMatchObject({
      code: "handshake-failed",
      message: `a as server does not accept b as client: the certificate CN=b expired on ${day}`,
      where: "CERT_HAS_EXPIRED",
    });
  });

  it("proves all but the dates when asked to", async () => {
    const options: ProofOptions = { ...OPTIONS, ignoreDates: true };
    const old = await party("b", "B CA", new Date(Date.now() - 10 * DAY_MS));
    const early = await party("c", undefined, new Date(Date.now() + 10 * DAY_MS));
    const proof = await proveExchange(
      nodeTls,
      exchanged(await party("a"), old, early),
      stranger,
      options,
    );
    expect(proof.pairs.every((pair) => pair.result === "finished" && pair.datesIgnored)).toBe(true);

    const [a, b] = exchanged(await party("a"), old);
    const error = await failure([{ ...(a as ProofParty), trusted: [] }, b as ProofParty], options);
    expect(error).toMatchObject({ code: "handshake-failed", path: "a.p12" });
  });

  it("one way: the first serves, the others need no certificate", async () => {
    const a = await party("a");
    const b: ProofParty = { name: "b", path: "b.jks", trusted: [root(a)] };
    const proof = await proveExchange(nodeTls, [a, b], stranger, { ...OPTIONS, oneWay: true });
    expect(proof.pairs).toMatchObject([{ server: "a", client: "b", result: "finished" }]);
    expect(proof.pairs[0]).not.toHaveProperty("clientSubject");
    expect(proof.refusals.map(({ party: who, role }) => `${who} ${role}`)).toEqual([
      "b client",
      "b client",
    ]);
  });
});
