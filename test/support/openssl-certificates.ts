import { execFileSync } from "node:child_process";
import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type TestKey = "rsa:1024" | "rsa:2048" | "ec:P-256" | "ec:P-384" | "ed25519";

/** A key with its certificate, made by openssl: none of our own code has touched it. */
export interface Identity {
  readonly name: string;
  /** PKCS#8 PEM. */
  readonly key: string;
  readonly pkcs8: Uint8Array;
  /** PEM. */
  readonly cert: string;
  readonly der: Uint8Array;
}

export interface IdentityOptions {
  readonly key?: TestKey;
  /** Absent: self-signed. */
  readonly issuer?: Identity;
  /** A CA certificate (basicConstraints and keyCertSign). */
  readonly ca?: boolean;
  /** subjectAltName, such as `DNS:localhost`. */
  readonly san?: string;
  /** Negative: expired. */
  readonly days?: number;
}

/**
 * Makes a key and a certificate in `folder` with openssl.
 *
 * @param name - the common name, and the stem of the files `name.key`, `name.pem` and `name.der`
 */
export function makeIdentity(
  folder: string,
  name: string,
  options: IdentityOptions = {},
): Identity {
  mkdirSync(folder, { recursive: true });
  const at = (extension: string): string => join(folder, `${name}.${extension}`);
  const key = newKey(options.key ?? "rsa:2048")
    .export({ type: "pkcs8", format: "pem" })
    .toString();
  writeFileSync(at("key"), key);
  const extensions = [
    options.ca === true ? "basicConstraints=critical,CA:TRUE" : "basicConstraints=CA:FALSE",
    options.ca === true
      ? "keyUsage=critical,keyCertSign,cRLSign"
      : "keyUsage=critical,digitalSignature",
    ...(options.san === undefined ? [] : [`subjectAltName=${options.san}`]),
  ];
  writeFileSync(at("ext"), `${extensions.join("\n")}\n`);
  openssl("req", "-new", "-key", at("key"), "-subj", `/O=Test/CN=${name}`, "-out", at("csr"));
  const { issuer } = options;
  openssl(
    "x509",
    "-req",
    "-in",
    at("csr"),
    "-extfile",
    at("ext"),
    "-days",
    String(options.days ?? 30),
    "-out",
    at("pem"),
    ...(issuer === undefined
      ? ["-signkey", at("key")]
      : [
          "-CA",
          join(folder, `${issuer.name}.pem`),
          "-CAkey",
          join(folder, `${issuer.name}.key`),
          "-CAcreateserial",
        ]),
  );
  openssl("x509", "-in", at("pem"), "-outform", "DER", "-out", at("der"));
  return {
    name,
    key,
    pkcs8: new Uint8Array(createPrivateKey(key).export({ type: "pkcs8", format: "der" })),
    cert: readFileSync(at("pem"), "utf8"),
    der: new Uint8Array(readFileSync(at("der"))),
  };
}

/** Runs openssl; its standard output. @throws Error with its standard error */
export function openssl(...args: readonly string[]): string {
  return execFileSync("openssl", args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    // openssl x509 would read the system's whole bundle at each start.
    env: { ...process.env, SSL_CERT_FILE: "/dev/null" },
  });
}

function newKey(kind: TestKey): KeyObject {
  switch (kind) {
    case "rsa:1024":
      return generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
    case "rsa:2048":
      return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    case "ec:P-256":
      return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    case "ec:P-384":
      return generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
    case "ed25519":
      return generateKeyPairSync("ed25519").privateKey;
  }
}
