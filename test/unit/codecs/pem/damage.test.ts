import { describe, expect, it } from "vitest";
import { der } from "../../../../src/bytes/der-writer.ts";
import { writePem } from "../../../../src/bytes/pem.ts";
import type { Codec } from "../../../../src/codecs/codec.ts";
import { derCodec, pemCodec } from "../../../../src/codecs/pem/index.ts";
import { encodePbe, pbes2Pbe } from "../../../../src/crypto/pbe-scheme.ts";
import { PkiError } from "../../../../src/model/error.ts";
import type { SecretEntry } from "../../../../src/model/store.ts";
import { fixture, pemFixture, secret } from "../../../support/fixtures.ts";
import {
  mutate,
  propertyRuns,
  propertySeed,
  SeededRandom,
  seededBytes,
} from "../../../support/mutations.ts";

/** What may come of damaged bytes: a PkiError, or a store that is written back as it was read. */
async function visit(codec: Codec, bytes: Uint8Array): Promise<"refused" | "read"> {
  try {
    const { store, container } = await codec.read(bytes, {});
    const written = await codec.write(store, container, {}, seededBytes(1));
    if (Buffer.compare(written, bytes) !== 0) throw new Error("other bytes came back");
    return "read";
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    return "refused";
  }
}

describe("PEM", () => {
  const identity = fixture("pem/identity.pem");

  it("cut at every byte", async () => {
    const outcomes = new Set<string>();
    for (let length = 0; length < identity.length; length += 3) {
      outcomes.add(await visit(pemCodec, identity.subarray(0, length)));
    }
    expect([...outcomes].sort()).toEqual(["read", "refused"]);
  });

  it("mutated", async () => {
    const sources = [
      "identity.pem",
      "text-around.pem",
      "server-sec1.pem",
      "request.pem",
      "trusted-certificate.pem",
    ].map((name) => fixture(`pem/${name}`));
    const random = new SeededRandom(propertySeed);
    const outcomes = { read: 0, refused: 0 };
    for (let run = 0; run < propertyRuns; run++) {
      const damaged = mutate(sources[run % sources.length] as Uint8Array, random);
      try {
        outcomes[await visit(pemCodec, damaged)]++;
      } catch (cause) {
        throw new Error(`seed ${propertySeed}, run ${run}`, { cause });
      }
    }
    expect(outcomes.refused).toBeGreaterThan(0);
    expect(outcomes.read).toBeGreaterThan(0);
  });

  it.each([5_000_001, 2 ** 31 - 1])(
    "a key of %i iterations is listed, and refused when opened",
    async (iterations) => {
      const scheme = pbes2Pbe(
        "aes256",
        "sha256",
        new Uint8Array(16),
        new Uint8Array(16),
        iterations,
      );
      const blob = der.sequence(encodePbe(scheme), der.octetString(new Uint8Array(32)));
      const file = new TextEncoder().encode(writePem("ENCRYPTED PRIVATE KEY", blob));
      const passwords = { store: secret("fixture-password") };
      const { store } = await pemCodec.read(file, passwords);
      const [entry] = store.entries as [SecretEntry];
      await expect(pemCodec.unseal(entry.key, passwords)).rejects.toMatchObject({
        code: "limit-exceeded",
      });
    },
  );
});

describe("DER", () => {
  it("mutated and cut", async () => {
    const sources = [
      fixture("pem/server.der"),
      fixture("pem/server-key.der"),
      pemFixture("pem/request.pem"),
      pemFixture("pem/server-key-encrypted.pem"),
      pemFixture("pem/rsa-pkcs1.pem"),
    ];
    for (const source of sources) {
      for (let length = 0; length < source.length; length++) {
        expect(await visit(derCodec, source.subarray(0, length))).toBe("refused");
      }
    }
    const random = new SeededRandom(propertySeed);
    for (let run = 0; run < propertyRuns; run++) {
      try {
        await visit(derCodec, mutate(sources[run % sources.length] as Uint8Array, random));
      } catch (cause) {
        throw new Error(`seed ${propertySeed}, run ${run}`, { cause });
      }
    }
  });
});
