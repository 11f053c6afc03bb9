import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { der } from "../../../../src/bytes/der-writer.ts";
import { concat } from "../../../../src/bytes/octets.ts";
import { NO_ATTRIBUTES } from "../../../../src/codecs/pkcs12/attribute.ts";
import { type Bag, encodeBags } from "../../../../src/codecs/pkcs12/bag.ts";
import { pkcs12Codec } from "../../../../src/codecs/pkcs12/index.ts";
import { encodeMac, type Pbmac1 } from "../../../../src/codecs/pkcs12/mac.ts";
import { encodePfx } from "../../../../src/codecs/pkcs12/pfx.ts";
import { pkcs12Password } from "../../../../src/crypto/password.ts";
import { sealKey } from "../../../../src/crypto/pbe.ts";
import { encodePbe, oneStepPbe, pbes2Pbe } from "../../../../src/crypto/pbe-scheme.ts";
import { PkiError } from "../../../../src/model/error.ts";
import { Secret } from "../../../../src/model/secret.ts";
import { parseCertificate } from "../../../../src/x509/parse.ts";
import { pemFixture } from "../../../support/fixtures.ts";
import { mutate, propertyRuns, propertySeed, SeededRandom } from "../../../support/mutations.ts";
import { sharedFixture, sharedFolder } from "../../../support/shared.ts";
import { cheapMac, PASSWORD, plainContent, rawBag, sealBags, sealContent } from "./pfx-builder.ts";

const passwords = { store: Secret.fromText(PASSWORD) };
const read = (bytes: Uint8Array, given: { store?: Secret } = passwords) =>
  pkcs12Codec.read(bytes, given);
const certificate = (name: string): Bag => ({
  kind: "certificate",
  certificate: parseCertificate(pemFixture(`pem/${name}.pem`)),
  attributes: NO_ATTRIBUTES,
});
const failsWith = (code: string) => expect.objectContaining({ name: "PkiError", code });

describe.skipIf(sharedFolder("bombs").length === 0)("the shared bombs", () => {
  it.each([
    ["it-1e6.p12", "integrity-mismatch"],
    ["it-5e6.p12", "integrity-mismatch"],
    ["it-5e6p1.p12", "limit-exceeded"],
    ["it-1e7.p12", "limit-exceeded"],
    ["it-max31.p12", "limit-exceeded"],
    ["it-max63.p12", "limit-exceeded"],
    ["macconf.p12", "limit-exceeded"],
  ])("%s ends with %s", async (name, code) => {
    const bytes = new Uint8Array(readFileSync(sharedFixture(`bombs/${name}`) as string));
    await expect(read(bytes)).rejects.toEqual(failsWith(code));
    if (code === "limit-exceeded") await expect(read(bytes, {})).rejects.toEqual(failsWith(code));
  });

  it("nomac.p12 opens and says so", async () => {
    const bytes = new Uint8Array(readFileSync(sharedFixture("bombs/nomac.p12") as string));
    const { container, store } = await read(bytes);
    expect(container.integrity).toBe("absent");
    expect(store.entries).toEqual([]);
  });
});

describe("what a file may cost", () => {
  /** Encrypted contents that would take this many iterations to find out that they are nothing. */
  const costly = (iterations: number): Uint8Array => {
    const pbe = pbes2Pbe("aes128", "sha1", new Uint8Array(8), new Uint8Array(16), iterations);
    const data = der.oid("1.2.840.113549.1.7.1");
    const content = der.sequence(data, encodePbe(pbe), der.tlv(0x80, new Uint8Array(16)));
    return der.sequence(
      der.oid("1.2.840.113549.1.7.6"),
      der.explicit(0, der.sequence(der.integer(0), content)),
    );
  };

  it("is judged in total before the first derivation starts", async () => {
    const parts = [costly(4_000_000), costly(4_000_000), costly(2_000_000)];
    const bytes = await sealContent(der.sequence(...parts));
    const start = process.cpuUsage();
    // 10,000,000 of the parts and 1 of the MAC.
    await expect(read(bytes)).rejects.toEqual(failsWith("limit-exceeded"));
    // All of them take five seconds of work, and nobody else's work counts.
    expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
  });

  it("is spent only for the right password", async () => {
    const bytes = await sealContent(der.sequence(costly(4_999_999)));
    const start = process.cpuUsage();
    await expect(read(bytes, { store: Secret.fromText("wrong") })).rejects.toEqual(
      failsWith("integrity-mismatch"),
    );
    expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
  });
});

describe("PBMAC1 (RFC 9579)", () => {
  const mac = (keyLength: number, change: Partial<Pbmac1["kdf"]> = {}): Pbmac1 => ({
    kind: "pbmac1",
    hash: "sha256",
    kdf: {
      kind: "pbkdf2",
      prf: "sha256",
      salt: new Uint8Array(16).fill(7),
      iterations: 2,
      keyLength,
      ...change,
    },
  });
  const content = plainContent(encodeBags([certificate("root")]));

  it.each([20, 21, 32, 63, 64])("verifies with a key of %i octets", async (keyLength) => {
    const { container, store } = await read(await sealContent(content, mac(keyLength)));
    expect(container.integrity).toBe("verified");
    expect(store.entries.length).toBe(1);
    expect(container.protections).toContainEqual({
      of: "mac",
      scheme: "pbmac1-sha256-hmac-sha256",
      iterations: 2,
      saltBytes: 16,
    });
  });

  it.each([1, 16, 19, 65, 256])("refuses a key of %i octets", async (keyLength) => {
    const bytes = await sealContent(content, mac(keyLength));
    await expect(read(bytes)).rejects.toEqual(failsWith("format-malformed"));
  });

  it("refuses one without a key length", async () => {
    const { keyLength: _, ...kdf } = mac(32).kdf;
    const without = { ...mac(32), kdf } as unknown as Pbmac1;
    const macData = encodeMac({ mac: without, value: new Uint8Array(32) });
    await expect(read(encodePfx(content, macData))).rejects.toEqual(failsWith("format-malformed"));
  });

  it("refuses MD5", async () => {
    const bytes = await sealContent(content, mac(32, { prf: "md5" }));
    await expect(read(bytes)).rejects.toEqual(failsWith("format-unsupported"));
  });

  it("refuses a cut and an extended MAC", async () => {
    const whole = new Uint8Array(32);
    for (const value of [whole.subarray(0, 16), concat([whole, whole]), whole.subarray(0, 0)]) {
      const macData = encodeMac({ mac: mac(32), value });
      await expect(read(encodePfx(content, macData))).rejects.toEqual(
        failsWith("integrity-mismatch"),
      );
    }
  });

  it("stays the file's own when it is written again", async () => {
    const { store, container } = await read(await sealContent(content, mac(32)));
    const touched = { entries: store.entries.map((entry) => ({ ...entry })) };
    const random = (count: number) => new Uint8Array(count).fill(9);
    const again = await read(await pkcs12Codec.write(touched, container, passwords, random));
    expect(again.container.protections).toEqual(container.protections);
  });
});

describe("structure", () => {
  it("refuses bytes after the end, and says how many", async () => {
    const bytes = concat([await sealBags(certificate("root")), Uint8Array.of(65)]);
    await expect(read(bytes)).rejects.toEqual(failsWith("format-malformed"));
    await expect(read(bytes)).rejects.toThrow(/^1 unexpected byte/);
  });

  it("passes over padding after the end, which is left away when the file is written anew", async () => {
    const plain = await sealBags(certificate("root"));
    for (const padding of [
      [10],
      [13, 10],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [26],
      new Array(64).fill(32),
    ]) {
      const padded = concat([plain, Uint8Array.from(padding)]);
      const { store, container } = await read(padded);
      expect(store.entries).toEqual((await read(plain)).store.entries);
      const random = (count: number) => new Uint8Array(count).fill(9);
      expect(await pkcs12Codec.write(store, container, passwords, random)).toEqual(padded);
      const touched = { entries: store.entries.map((entry) => ({ ...entry })) };
      const written = await pkcs12Codec.write(touched, container, passwords, random);
      const [, , high = 0, low = 0] = written;
      expect(written.length).toBe(4 + high * 256 + low);
      expect((await read(written)).store.entries).toHaveLength(1);
    }
    for (const rest of [new Array(65).fill(0), [0, 0, 1], [0, 48, 0]]) {
      const bytes = concat([plain, Uint8Array.from(rest)]);
      await expect(read(bytes)).rejects.toThrow(/^\d+ unexpected bytes/);
    }
  });

  it("nests bags eight deep and no deeper", async () => {
    const nest = (depth: number): Bag =>
      depth === 0
        ? certificate("root")
        : { kind: "nested", attributes: NO_ATTRIBUTES, bags: [nest(depth - 1)] };
    for (const depth of [1, 7, 8]) {
      expect((await read(await sealBags(nest(depth)))).store.entries.length).toBe(1);
    }
    await expect(read(await sealBags(nest(9)))).rejects.toEqual(failsWith("limit-exceeded"));
  });

  it("looks at nothing inside before the MAC is right", async () => {
    const broken = plainContent(Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff));
    const wrong = encodePfx(broken, encodeMac({ mac: cheapMac, value: new Uint8Array(32) }));
    await expect(read(wrong)).rejects.toEqual(failsWith("integrity-mismatch"));
    await expect(read(await sealContent(broken))).rejects.toEqual(failsWith("format-malformed"));
  });

  it.each([
    ["version 2", der.sequence(der.integer(2))],
    ["signed data", der.sequence(der.integer(3), der.sequence(der.oid("1.2.840.113549.1.7.2")))],
  ])("refuses %s by its name", async (_, bytes) => {
    await expect(read(bytes)).rejects.toEqual(failsWith("format-unsupported"));
  });

  it("refuses contents encrypted for a key", async () => {
    const content = der.sequence(
      der.sequence(der.oid("1.2.840.113549.1.7.3"), der.explicit(0, der.sequence())),
    );
    await expect(read(await sealContent(content))).rejects.toEqual(failsWith("format-unsupported"));
  });

  it("never quotes a password or what the file holds", async () => {
    const secretive = Secret.fromText("hunter2-secret");
    const error = await read(await sealBags(certificate("root")), { store: secretive }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(PkiError);
    expect(JSON.stringify([String(error), (error as PkiError).hint])).not.toContain("hunter2");
  });
});

describe("a file that its own password vouches for", () => {
  // Everything an attacker with the password can do: the MAC is right, what is inside is damaged.
  it("ends in our error or in a store, whatever is inside", async () => {
    const key = pemFixture("pem/server-key.pem");
    const octets = pkcs12Password(new TextEncoder().encode(PASSWORD));
    const sealed = await sealKey(oneStepPbe("pbe-sha1-3des", new Uint8Array(8), 1), key, octets);
    const name = der.sequence(
      der.oid("1.2.840.113549.1.9.20"),
      der.setOf(der.tlv(0x1e, Uint8Array.of(0, 0x61, 0, 0x62))),
    );
    const id = der.sequence(
      der.oid("1.2.840.113549.1.9.21"),
      der.setOf(der.octetString(new TextEncoder().encode("Time 1700000000000"))),
    );
    const certificateValue = (file: string): Uint8Array =>
      der.sequence(
        der.oid("1.2.840.113549.1.9.22.1"),
        der.explicit(0, der.octetString(pemFixture(`pem/${file}.pem`))),
      );
    const contents = der.sequence(
      rawBag("1.2.840.113549.1.12.10.1.2", sealed, name, id),
      rawBag("1.2.840.113549.1.12.10.1.3", certificateValue("server"), name, id),
      rawBag("1.2.840.113549.1.12.10.1.3", certificateValue("intermediate")),
      rawBag("1.2.840.113549.1.12.10.1.3", certificateValue("root"), name),
      rawBag(
        "1.2.840.113549.1.12.10.1.5",
        der.sequence(
          der.oid("1.2.840.113549.1.12.10.1.2"),
          der.explicit(0, der.octetString(sealed)),
        ),
      ),
      rawBag("1.2.840.113549.1.12.10.1.6", der.sequence(rawBag("1.2.3.4", der.null()))),
    );
    const whole = await read(await sealContent(plainContent(contents)));
    expect(whole.store.entries.map((entry) => entry.kind)).toEqual(["key", "secret"]);

    const random = new SeededRandom(propertySeed);
    let survived = 0;
    for (let i = 0; i < propertyRuns; i++) {
      const damaged = await sealContent(plainContent(mutate(contents, random)));
      try {
        await read(damaged);
        survived++;
      } catch (error) {
        if (!(error instanceof PkiError)) throw new Error(`mutation ${i}`, { cause: error });
      }
    }
    expect(survived).toBeGreaterThan(0);
    expect(survived).toBeLessThan(propertyRuns);
  }, 600_000);
});
