import { execFileSync } from "node:child_process";
import { createPrivateKey, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DerReader } from "../../src/bytes/der-reader.ts";
import { Tag } from "../../src/bytes/der-tag.ts";
import { der } from "../../src/bytes/der-writer.ts";
import type { Codec } from "../../src/codecs/codec.ts";
import { jksCodec } from "../../src/codecs/java/index.ts";
import { kdbCodec } from "../../src/codecs/kdb/index.ts";
import { pkcs12Codec } from "../../src/codecs/pkcs12/index.ts";
import type { Entry } from "../../src/model/store.ts";
import { parseCertificate } from "../../src/x509/parse.ts";
import { type Identity, makeIdentity } from "../../test/support/openssl-certificates.ts";
import { keyEntry, writeStore } from "../../test/support/stores.ts";

export const PASSWORD = "correct horse battery";
export const MANY = 1000;

export interface BenchStores {
  /** By keytool where it can write the format, as a product's user would have them. */
  readonly jks: string;
  readonly p12: string;
  readonly kdb: string;
  /** 1,000 trusted entries, every one another certificate. */
  readonly manyJks: string;
  readonly manyP12: string;
  readonly manyKdb: string;
  readonly certificate: string;
}

/** Makes the stores that the benchmark reads, in `folder`. */
export async function makeStores(folder: string, keytool: string): Promise<BenchStores> {
  const at = (name: string): string => join(folder, name);
  const own = makeIdentity(folder, "own");
  for (const [type, name] of [
    ["JKS", "one.jks"],
    ["PKCS12", "one.p12"],
  ] as const) {
    keytoolGenerate(keytool, type, at(name));
  }
  await writeStore(at("one.kdb"), kdbCodec, [keyEntry("own", own)], PASSWORD);

  const issuer = makeIdentity(folder, "ec-root", { key: "ec:P-256", ca: true });
  const many = Array.from({ length: MANY }, (_, index): Entry => {
    const certificate = parseCertificate(numbered(issuer, index));
    return { kind: "trusted", label: `signer-${index}`, certificate, enabled: true };
  });
  const kinds: readonly [string, Codec][] = [
    ["many.jks", jksCodec],
    ["many.p12", pkcs12Codec],
    ["many.kdb", kdbCodec],
  ];
  for (const [name, codec] of kinds) await writeStore(at(name), codec, many, PASSWORD);
  return {
    jks: at("one.jks"),
    p12: at("one.p12"),
    kdb: at("one.kdb"),
    manyJks: at("many.jks"),
    manyP12: at("many.p12"),
    manyKdb: at("many.kdb"),
    certificate: at("own.pem"),
  };
}

function keytoolGenerate(keytool: string, type: string, path: string): void {
  const options = ["-alias", "own", "-keyalg", "RSA", "-keysize", "2048", "-dname", "CN=own"];
  const store = ["-storetype", type, "-keystore", path, "-storepass", PASSWORD];
  execFileSync(keytool, ["-genkeypair", ...options, ...store, "-keypass", PASSWORD], {
    stdio: "ignore",
  });
}

/** The identity's certificate again, with another serial number, signed with its own key. */
export function numbered(identity: Identity, number: number): Uint8Array {
  const outer = new DerReader(identity.der, "certificate").sequence("");
  const tbsElement = outer.next(Tag.sequence, "tbsCertificate");
  const algorithm = outer.nextRaw(Tag.sequence, "signatureAlgorithm");
  const tbs = outer.inside(tbsElement, "tbsCertificate");
  const version = tbs.nextRaw(0xa0, "version");
  tbs.next(Tag.integer, "serialNumber");
  const rest = tbs.rest();
  const serial = der.integer(0x10_0000_0000 + number);
  const changed = der.sequence(version, serial, rest);
  const signature = sign("sha256", changed, createPrivateKey(identity.key));
  return der.sequence(changed, algorithm, der.bitString(new Uint8Array(signature)));
}

/** A file for `--password file:`, so that no password is in any argument list. */
export function writePassword(folder: string): string {
  const path = join(folder, "password.txt");
  writeFileSync(path, `${PASSWORD}\n`, { mode: 0o600 });
  return path;
}
