import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { kdbCodec } from "../../src/codecs/kdb/index.ts";
import { writeStash } from "../../src/codecs/kdb/stash.ts";
import { pkcs12Codec } from "../../src/codecs/pkcs12/index.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Entry } from "../../src/model/store.ts";
import { Gskit, type GskitAnswer } from "../support/gskit.ts";
import { type Identity, makeIdentity, openssl } from "../support/openssl-certificates.ts";
import { describePeer } from "../support/peers.ts";
import { anyRandom, keyEntry, signerEntry, writeStore } from "../support/stores.ts";
import { listenTls, type SeenSession, type TlsListener } from "../support/tls-listener.ts";

// GSKit itself judges what our codecs write: docs/interop.md explains its codes.
const FINISHED = 420;
const LABEL = "ibmwebspheremqemir";
const PASSWORD = "correct horse battery";

interface Verdict {
  readonly code: number | null;
  /** What the listener saw of the last attempt: the driver tries several times. */
  readonly session: SeenSession | undefined;
  readonly failure: string | undefined;
}

describePeer(["gskit", "openssl"], "GSKit", (python) => {
  const folder = mkdtempSync(join(tmpdir(), "pki-gskit-"));
  const gskit = new Gskit(python);
  let root: Identity;
  let server: Identity;
  let client: Identity;
  let listener: TlsListener;
  let files = 0;

  beforeAll(async () => {
    root = makeIdentity(folder, "root", { ca: true });
    server = makeIdentity(folder, "server", { issuer: root, san: "DNS:localhost" });
    client = makeIdentity(folder, "emir", { issuer: root });
    listener = await listenTls({ key: server.key, cert: server.cert, ca: root.cert });
  });
  beforeEach(() => listener.forget());
  afterAll(async () => {
    gskit.stop();
    await listener.close();
    rmSync(folder, { recursive: true });
  });

  async function ask(
    store: string,
    opener: { readonly stash: string } | { readonly password: string },
    label: string | undefined = LABEL,
  ): Promise<Verdict> {
    const answer: GskitAnswer = await gskit.connect({
      store,
      port: listener.port,
      ...opener,
      ...(label === undefined ? {} : { label }),
    });
    return {
      code: answer.code,
      session: listener.sessions.at(-1),
      failure: listener.failures.at(-1),
    };
  }

  async function database(
    entries: readonly Entry[],
    options: { version?: string; password?: string; passwordExpires?: Date } = {},
  ): Promise<string> {
    const { password = PASSWORD, ...container } = options;
    const path = join(folder, `store-${files++}.kdb`);
    await writeStore(path, kdbCodec, entries, password, container);
    return path;
  }

  function stashFor(store: string, password: string, version: 1 | 2): string {
    const path = store.replace(/kdb$/, "sth");
    writeFileSync(path, writeStash(Secret.fromText(password), version, anyRandom), { mode: 0o600 });
    return path;
  }

  /** The entries of a client that should get through. */
  function good(): Entry[] {
    return [keyEntry(LABEL, client), signerEntry("root", root)];
  }

  const mutual = {
    code: FINISHED,
    session: { protocol: "TLSv1.3", authorized: true, clientName: "emir", firstBytes: "" },
    failure: undefined,
  };

  describe("finishes a mutual TLS 1.3 handshake with a database of ours", () => {
    for (const version of ["3", "4", "6"]) {
      for (const stash of [1, 2] as const) {
        it(`V${version} with stash v${stash}`, async () => {
          const store = await database(good(), { version });
          expect(await ask(store, { stash: stashFor(store, PASSWORD, stash) })).toEqual(mutual);
        });
      }

      it(`V${version} with a password that is not ASCII`, async () => {
        const password = "pässwörd für 鍵";
        const store = await database(good(), { version, password });
        expect(await ask(store, { stash: stashFor(store, password, 2) })).toEqual(mutual);
      });

      it(`V${version} with a password of 128 bytes`, async () => {
        const password = "x".repeat(128);
        const store = await database(good(), { version, password });
        expect(await ask(store, { stash: stashFor(store, password, 1) })).toEqual(mutual);
      });

      it(`V${version} with a record that makes its slots grow`, async () => {
        const names = Array.from({ length: 300 }, (_, i) => `DNS:host-${i}.example.com`);
        const name = `large-${version}`;
        const large = makeIdentity(folder, name, { issuer: root, san: names.join() });
        expect(large.der.length).toBeGreaterThan(5000);
        const store = await database([keyEntry(LABEL, large), signerEntry("root", root)], {
          version,
        });
        const verdict = await ask(store, { stash: stashFor(store, PASSWORD, 1) });
        expect(verdict).toEqual({ ...mutual, session: { ...mutual.session, clientName: name } });
      });

      it(`V${version} whose password expires tomorrow`, async () => {
        const passwordExpires = new Date(Date.now() + 86_400_000);
        const store = await database(good(), { version, passwordExpires });
        expect(await ask(store, { stash: stashFor(store, PASSWORD, 1) })).toEqual(mutual);
      });
    }

    it("with a P-384 key", async () => {
      const name = "emir-p384";
      const own = makeIdentity(folder, name, { issuer: root, key: "ec:P-384" });
      const store = await database([keyEntry(LABEL, own), signerEntry("root", root)]);
      const verdict = await ask(store, { stash: stashFor(store, PASSWORD, 1) });
      expect(verdict).toEqual({ ...mutual, session: { ...mutual.session, clientName: name } });
    });

    it("sending the intermediate that stands in the store as a signer", async () => {
      const between = makeIdentity(folder, "between", { issuer: root, ca: true });
      const own = makeIdentity(folder, "emir-below", { issuer: between });
      const store = await database([
        keyEntry(LABEL, own),
        signerEntry("between", between),
        signerEntry("root", root),
      ]);
      // The listener knows the root alone, so the intermediate must have been sent.
      const verdict = await ask(store, { stash: stashFor(store, PASSWORD, 1) });
      const session = { ...mutual.session, clientName: "emir-below" };
      expect(verdict).toEqual({ ...mutual, session });
    });

    it("with two signers of one name and different keys, in either order", async () => {
      const twin = makeIdentity(join(folder, "twin"), "root", { ca: true });
      const both = [signerEntry("one", twin), signerEntry("two", root)];
      for (const signers of [both, both.toReversed()]) {
        const store = await database([keyEntry(LABEL, client), ...signers]);
        const verdict = await ask(store, { stash: stashFor(store, PASSWORD, 1) });
        expect(verdict.code).toBe(FINISHED);
        expect(verdict.session?.clientName).toBe("emir");
      }
    });

    it("beside 1,000 signers", async () => {
      const others = Array.from({ length: 999 }, (_, i) => signerEntry(`signer ${i}`, client));
      const store = await database([...good(), ...others]);
      expect(await ask(store, { stash: stashFor(store, PASSWORD, 2) })).toEqual(mutual);
    });
  });

  describe("finishes it with a PKCS#12 of ours", () => {
    for (const { id } of pkcs12Codec.protections) {
      it(`protected by ${id}`, async () => {
        const path = join(folder, `store-${files++}.p12`);
        const entries = [keyEntry(LABEL, client, root), signerEntry("root", root)];
        await writeStore(path, pkcs12Codec, entries, PASSWORD, { protection: id });
        expect(await ask(path, { password: PASSWORD })).toEqual(mutual);
      });
    }

    it("and refuses a wrong password with 408", async () => {
      const path = join(folder, `store-${files++}.p12`);
      await writeStore(path, pkcs12Codec, [keyEntry(LABEL, client, root)], PASSWORD);
      expect((await ask(path, { password: "wrong" })).code).toBe(408);
    });

    it("and refuses a PKCS#12 without a MAC with 408, which is why we always write one", async () => {
      const path = join(folder, "no-mac.p12");
      const pem = join(folder, "emir");
      openssl(
        ...["pkcs12", "-export", "-nomac", "-name", LABEL, "-passout", `pass:${PASSWORD}`],
        ...["-inkey", `${pem}.key`, "-in", `${pem}.pem`, "-certfile", join(folder, "root.pem")],
        ...["-out", path],
      );
      expect((await ask(path, { password: PASSWORD })).code).toBe(408);
    });
  });

  describe("refuses", () => {
    for (const version of ["3", "4", "6"]) {
      it(`a wrong password of a V${version} with 408`, async () => {
        const store = await database(good(), { version });
        expect((await ask(store, { password: "wrong" })).code).toBe(408);
        expect((await ask(store, { stash: stashFor(store, "wrong", 1) })).code).toBe(408);
      });

      it(`a V${version} whose password has expired with 107`, async () => {
        const passwordExpires = new Date(Date.now() - 86_400_000);
        const store = await database(good(), { version, passwordExpires });
        expect((await ask(store, { password: PASSWORD })).code).toBe(107);
      });

      it(`a V${version} of which any guarded bit was flipped with 408`, async () => {
        const store = await database(good(), { version });
        const whole = readFileSync(store);
        // Salt, verifier, integrity value, first slot, last slot's padding.
        for (const at of [0x18, 0x30, 0x45, 0x400, whole.length - 1]) {
          const bytes = Uint8Array.from(whole);
          bytes[at] = (bytes[at] as number) ^ 1;
          writeFileSync(store, bytes);
          expect([at, (await ask(store, { password: PASSWORD })).code]).toEqual([at, 408]);
        }
      });
    }

    it("a server whose signer is not in the store with 414", async () => {
      const other = makeIdentity(folder, "other-root", { ca: true });
      const store = await database([keyEntry(LABEL, client), signerEntry("other", other)]);
      const verdict = await ask(store, { password: PASSWORD });
      expect(verdict.code).toBe(414);
      expect(verdict.failure).toBe("ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE");
      expect(verdict.session).toBeUndefined();
    });

    it("a server whose signer has its trust switched off with 414", async () => {
      const store = await database([keyEntry(LABEL, client), signerEntry("root", root, false)]);
      expect((await ask(store, { password: PASSWORD })).code).toBe(414);
    });

    it("a chain that ends below a root with 414", async () => {
      const between = makeIdentity(folder, "server-ca", { issuer: root, ca: true });
      const below = makeIdentity(folder, "server-below", { issuer: between, san: "DNS:localhost" });
      const chain = `${below.cert}${between.cert}`;
      const other = await listenTls({ key: below.key, cert: chain, ca: root.cert });
      const attempt = async (entries: readonly Entry[]): Promise<number | null> => {
        const store = await database(entries);
        const { port } = other;
        return (await gskit.connect({ store, port, password: PASSWORD, label: LABEL })).code;
      };
      try {
        const self = makeIdentity(folder, "emir-self");
        expect(await attempt([keyEntry(LABEL, self), signerEntry("between", between)])).toBe(414);
        expect(await attempt([keyEntry(LABEL, self), signerEntry("root", root)])).toBe(FINISHED);
      } finally {
        await other.close();
      }
    });

    it("its own Ed25519 key with 403", async () => {
      const own = makeIdentity(folder, "emir-ed25519", { issuer: root, key: "ed25519" });
      const store = await database([keyEntry(LABEL, own), signerEntry("root", root)]);
      expect((await ask(store, { password: PASSWORD })).code).toBe(403);
    });

    it("its own RSA 1024 key with 457", async () => {
      const own = makeIdentity(folder, "emir-1024", { issuer: root, key: "rsa:1024" });
      const store = await database([keyEntry(LABEL, own), signerEntry("root", root)]);
      expect((await ask(store, { password: PASSWORD })).code).toBe(457);
    });

    it("a key that does not belong to its certificate with 9", async () => {
      const mixed = { ...client, pkcs8: server.pkcs8 };
      const store = await database([keyEntry(LABEL, mixed), signerEntry("root", root)]);
      expect((await ask(store, { password: PASSWORD })).code).toBe(9);
    });
  });

  describe("silently sends no certificate", () => {
    const none = { ...mutual, session: { ...mutual.session, authorized: false } };
    const withoutName = { ...none, session: { ...none.session, clientName: undefined } };

    it("when its own chain is not complete in its own store", async () => {
      const between = makeIdentity(folder, "lost", { issuer: root, ca: true });
      const own = makeIdentity(folder, "emir-lost", { issuer: between });
      const store = await database([keyEntry(LABEL, own), signerEntry("root", root)]);
      expect(await ask(store, { password: PASSWORD })).toEqual(withoutName);
    });

    it("when its own certificate has expired", async () => {
      const own = makeIdentity(folder, "emir-old", { issuer: root, days: -1 });
      const store = await database([keyEntry(LABEL, own), signerEntry("root", root)]);
      expect(await ask(store, { password: PASSWORD })).toEqual(withoutName);
    });

    it("when the label differs in case", async () => {
      const store = await database(good());
      expect(await ask(store, { password: PASSWORD }, LABEL.toUpperCase())).toEqual(withoutName);
    });
  });
});
