import { generateKeyPairSync } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import type { TlsEnd, TlsOptions } from "../../../src/io/host.ts";
import { nodeTls } from "../../../src/io/tls.ts";
import { Secret } from "../../../src/model/secret.ts";
import { makeStranger, type Stranger } from "../../../src/x509/build/stranger.ts";
import { parseName } from "../../../src/x509/name.ts";
import { seededRandom } from "../../support/fake-host.ts";

const random = seededRandom("tls");
const REQUIRED: TlsOptions = { clientCertificate: "required", verify: "peer" };
const DAY_MS = 86_400_000;

function identity(subject: string, issuer?: string, now = new Date()): Promise<Stranger> {
  const names = { subject: parseName(subject) };
  return makeStranger(
    issuer === undefined ? names : { ...names, issuer: parseName(issuer) },
    now,
    random,
  );
}

function end(own: Stranger, ...trusted: readonly Stranger[]): TlsEnd {
  return { identity: own, trusted: trusted.map((one) => one.chain.at(-1) as Uint8Array) };
}

const server = await identity("CN=server");
const client = await identity("CN=client", "CN=Client CA");
const impostor = await identity("CN=client", "CN=Client CA");
const all = [server, client, impostor];

afterAll(() => {
  for (const one of all) one.pkcs8.dispose();
});

describe("a handshake on loopback", () => {
  it("finishes when each end trusts the other, and shows what was presented", async () => {
    const outcome = await nodeTls.handshake(end(server, client), end(client, server), REQUIRED);
    expect(outcome).toMatchObject({ finished: true, protocol: "TLSv1.3" });
    if (!outcome.finished) return;
    expect(outcome.cipher).toMatch(/^TLS_AES_/);
    expect(outcome.serverPresented).toEqual([server.chain[0]]);
    expect(outcome.clientPresented[0]).toEqual(client.chain[0]);
  });

  it.each([
    ["server", end(server, client), end(impostor, server), "CERT_SIGNATURE_FAILURE"],
    ["client", end(impostor, client), end(client, server), "SELF_SIGNED_CERT_IN_CHAIN"],
    ["server", end(server), end(client, server), "SELF_SIGNED_CERT_IN_CHAIN"],
    ["client", end(server, client), end(client), "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ] as const)("the %s refuses whom it does not trust (%#)", async (by, a, b, reason) => {
    expect(await nodeTls.handshake(a, b, REQUIRED)).toEqual({
      finished: false,
      refusedBy: by,
      reason,
    });
  });

  it("the server refuses a client without a certificate, though TLS 1.3 lets the client believe otherwise", async () => {
    const alone: TlsEnd = { trusted: [server.chain[0]] };
    expect(await nodeTls.handshake(end(server, client), alone, REQUIRED)).toEqual({
      finished: false,
      refusedBy: "server",
      reason: "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE",
    });
  });

  it("asks for no certificate where none is wanted", async () => {
    const outcome = await nodeTls.handshake(
      end(server),
      { trusted: [server.chain[0]] },
      { clientCertificate: "none", verify: "peer" },
    );
    expect(outcome).toMatchObject({ finished: true, clientPresented: [] });
  });

  it("does not fall back on the machine's own CAs when nobody is trusted", async () => {
    const outcome = await nodeTls.handshake(
      end(server),
      { trusted: [] },
      { clientCertificate: "none", verify: "peer" },
    );
    expect(outcome).toMatchObject({ finished: false, refusedBy: "client" });
  });

  it("is not kept from its signers by one among them that the library cannot read", async () => {
    const odd = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x00);
    const judge: TlsEnd = { ...end(client, server), trusted: [odd, server.chain[0], odd] };
    expect(await nodeTls.handshake(end(server, client), judge, REQUIRED)).toMatchObject({
      finished: true,
    });
  });

  it("trusts no chain that ends below a root, as GSKit does not", async () => {
    const [leaf] = client.chain;
    const judge: TlsEnd = { identity: server, trusted: [leaf] };
    expect(await nodeTls.handshake(judge, end(client, server), REQUIRED)).toMatchObject({
      finished: false,
      refusedBy: "server",
    });
  });

  it("leaves the judgement to the caller when nobody is to verify", async () => {
    const outcome = await nodeTls.handshake(end(impostor), end(impostor), {
      clientCertificate: "required",
      verify: "nobody",
    });
    expect(outcome).toMatchObject({ finished: true });
  });

  it("judges dates", async () => {
    const old = await identity("CN=old", undefined, new Date(Date.now() - 30 * DAY_MS));
    const early = await identity("CN=early", undefined, new Date(Date.now() + 30 * DAY_MS));
    all.push(old, early);
    const options: TlsOptions = { clientCertificate: "none", verify: "peer" };
    expect(await nodeTls.handshake(end(old), { trusted: [old.chain[0]] }, options)).toEqual({
      finished: false,
      refusedBy: "client",
      reason: "CERT_HAS_EXPIRED",
    });
    expect(await nodeTls.handshake(end(early), { trusted: [early.chain[0]] }, options)).toEqual({
      finished: false,
      refusedBy: "client",
      reason: "CERT_NOT_YET_VALID",
    });
  });

  it("says whose key does not belong to its certificate", async () => {
    const stolen: TlsEnd = {
      identity: { pkcs8: impostor.pkcs8, chain: client.chain },
      trusted: [server.chain[0]],
    };
    expect(await nodeTls.handshake(end(server, client), stolen, REQUIRED)).toEqual({
      finished: false,
      refusedBy: "client",
      reason: "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
    });
    expect(await nodeTls.handshake(stolen, end(server, client), REQUIRED)).toMatchObject({
      finished: false,
      refusedBy: "server",
    });
  });

  it("takes RSA keys of every length of base64 ending", async () => {
    // Each byte more in the modulus moves the end of the base64.
    for (const bits of [2048, 2056, 2064]) {
      const pair = generateKeyPairSync("rsa", { modulusLength: bits });
      const key = new Secret(
        new Uint8Array(pair.privateKey.export({ type: "pkcs8", format: "der" })),
      );
      const outcome = await nodeTls.handshake(
        { identity: { pkcs8: key, chain: server.chain }, trusted: [] },
        { trusted: [] },
        { clientCertificate: "none", verify: "peer" },
      );
      // The key was understood: it is refused because it fits no certificate, not as undecodable.
      expect(outcome).toEqual({
        finished: false,
        refusedBy: "server",
        reason: "ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM",
      });
      key.dispose();
    }
  });
});
