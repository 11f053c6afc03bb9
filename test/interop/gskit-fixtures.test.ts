import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { equalBytes } from "../../src/bytes/octets.ts";
import { changeExpiry, kdbCodec } from "../../src/codecs/kdb/index.ts";
import { indexKeys } from "../../src/codecs/kdb/index-keys.ts";
import type { readSlot } from "../../src/codecs/kdb/record.ts";
import { readStash, writeStash } from "../../src/codecs/kdb/stash.ts";
import { addEntry, removeEntry } from "../../src/model/edit.ts";
import { PkiError } from "../../src/model/error.ts";
import type { Secret } from "../../src/model/secret.ts";
import { parseCertificate } from "../../src/x509/parse.ts";
import { keyMatches } from "../../src/x509/private-key.ts";
import { pemFixture, secret } from "../support/fixtures.ts";
import { sharedFixture, sharedFolder } from "../support/shared.ts";
import { anyRandom } from "../support/stores.ts";

/**
 * Key databases that GSKit wrote, from public samples of other projects. They stand beside the
 * repository where they are at hand and are never copied into it; the same claims are proven on our own
 * files in test/golden and test/unit/codecs/kdb.
 */
const names = sharedFolder("kdb").filter((name) => /\.[kr]db$/.test(name));

const noRandom = () => {
  throw new Error("an untouched store needs no randomness");
};

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(sharedFixture(`kdb/${name}`) as string));
}

function stashed(name: string): Secret {
  return readStash(bytesOf(name.replace(/\.[kr]db$/, ".sth")));
}

async function open(name: string) {
  const passwords = { store: stashed(name) };
  return { passwords, ...(await kdbCodec.read(bytesOf(name), passwords)) };
}

if (names.length === 0) {
  describe.skip("GSKit's own files (../shared/fixtures/kdb is absent)", () => {
    it("skipped", () => {});
  });
}

describe.runIf(names.length > 0).each(names)("%s", (name) => {
  it("opens with its stash, and both its values fit", async () => {
    const { container } = await open(name);
    expect(container.integrity).toBe("verified");
  });

  it("is rebuilt byte for byte from what was read of it", async () => {
    const { store, container, passwords } = await open(name);
    const written = await kdbCodec.write(store, container, passwords, noRandom);
    expect(equalBytes(written, bytesOf(name))).toBe(true);
  });

  it("has the very index keys that we compute", async () => {
    const { store } = await open(name);
    for (const entry of store.entries) {
      const found = entry.kind === "key" ? entry.chain[0] : undefined;
      const certificate = entry.kind === "trusted" ? entry.certificate : found;
      if (certificate === undefined) continue;
      const { tail } = (entry.rest as { record: ReturnType<typeof readSlot> }).record;
      expect(equalBytes(indexKeys(certificate.der), tail), entry.label).toBe(true);
    }
  });

  it("has keys that open and belong to their certificates", async () => {
    const { store, passwords } = await open(name);
    for (const entry of store.entries) {
      if (entry.kind !== "key") continue;
      const key = await kdbCodec.unseal(entry.key, passwords);
      key.use((pkcs8) => {
        expect(keyMatches(pkcs8, entry.chain[0])).toBe(true);
        const node = createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
        expect(new X509Certificate(entry.chain[0].der).checkPrivateKey(node)).toBe(true);
      });
    }
  });

  it("says that a wrong password is wrong, and damage damage", async () => {
    const code = async (bytes: Uint8Array, password: Secret) =>
      kdbCodec.read(bytes, { store: password }).then(
        () => "read",
        (error: unknown) => (error instanceof PkiError ? error.code : error),
      );
    expect(await code(bytesOf(name), secret("wrong"))).toBe("password-refused");
    const damaged = bytesOf(name);
    damaged[damaged.length - 1] = (damaged.at(-1) as number) ^ 1;
    expect(await code(damaged, stashed(name))).toBe("format-malformed");
  });

  it("takes a signer and gives it up again, the rest untouched", async () => {
    const { store, container, passwords } = await open(name);
    if (!name.endsWith(".kdb")) return;
    const certificate = parseCertificate(pemFixture("pem/root.pem"));
    const signer = { kind: "trusted", label: "added", certificate, enabled: true } as const;
    const more = await kdbCodec.write(addEntry(store, signer), container, passwords, noRandom);
    expect(equalBytes(more.subarray(-5000), bytesOf(name).subarray(-5000))).toBe(false);
    const again = await kdbCodec.read(more, passwords);
    expect(again.store.entries.at(-1)?.label).toBe("added");
    const less = removeEntry(again.store, "added");
    const back = await kdbCodec.write(less, again.container, passwords, noRandom);
    expect(equalBytes(back, bytesOf(name))).toBe(true);
  });

  it("keeps all but its header under another expiry", async () => {
    const { store, container, passwords } = await open(name);
    const later = changeExpiry(container, new Date("2040-01-01T00:00:00Z"));
    const bytes = await kdbCodec.write(store, later, passwords, noRandom);
    const again = await kdbCodec.read(bytes, passwords);
    const back = changeExpiry(again.container, undefined);
    const undone = await kdbCodec.write(again.store, back, passwords, noRandom);
    expect(equalBytes(undone, bytesOf(name))).toBe(true);
  });

  it("has a password that fits a stash of ours", () => {
    const password = stashed(name);
    for (const version of [1, 2] as const) {
      expect(readStash(writeStash(password, version, anyRandom)).equals(password)).toBe(true);
    }
  });
});

describe("what stands in them", () => {
  const cases = [
    ["v3-mq-mutual-tls.kdb", "3", "pbe-sha1-3des-draft", 5],
    ["v4-ihs-plugin-key.kdb", "4", "pbe-sha1-3des", 1],
    ["v4-ihs-plugin-key.rdb", "3", "pbe-sha1-3des-draft", 0],
    ["v6-mixed.kdb", "6", "pbes2-aes256-sha384", 4],
  ] as const;

  it.runIf(names.length > 0).each(cases)("%s", async (name, version, protection, entries) => {
    const { store, container } = await open(name);
    expect(container).toMatchObject({ version, protection });
    expect(store.entries).toHaveLength(entries);
  });
});
