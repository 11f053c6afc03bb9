import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../../src/bytes/octets.ts";
import { utf16be } from "../../src/bytes/text.ts";
import { runJava } from "./java.ts";

/** One entry as the JDK sees it (test/support/java/KeyStores.java). */
export interface JavaEntry {
  readonly label: string;
  readonly kind: "key" | "trusted" | "secret";
  /** Milliseconds since 1970; null where Java has none. */
  readonly created: number | null;
  /** SHA-256 of each certificate, leaf first. */
  readonly chain: readonly string[];
  /** SHA-256 of what `Key.getEncoded` gives, null where no password opened it. */
  readonly key: string | null;
  readonly algorithm: string | null;
}

/** What Java shall put into a store: keys with their chain, or a signer. */
export type JavaSpec =
  | {
      readonly kind: "key";
      readonly label: string;
      readonly password: string;
      /** Java's name: `RSA`, `EC`, `EdDSA`. */
      readonly algorithm: string;
      readonly pkcs8: Uint8Array;
      readonly chain: readonly Uint8Array[];
    }
  | { readonly kind: "trusted"; readonly label: string; readonly certificate: Uint8Array };

const text = (value: string | null) => (value === null ? "-" : toHex(utf16be.encode(value)));
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** A JDK with KeyStores.java compiled by `compileJava`. */
export interface JavaStores {
  readonly java: string;
  readonly classes: string;
}

/**
 * Opens a store with `java.security.KeyStore` and all its keys.
 *
 * @param type - `JKS`, `PKCS12`, `JCEKS`
 * @param password - null: none, so that nothing is checked
 * @throws Error with Java's own words where it refuses the file
 */
export async function dumpWithJava(
  jdk: JavaStores,
  type: string,
  file: string,
  password: string | null,
  keyPasswords: readonly (string | null)[] = [password],
): Promise<readonly JavaEntry[]> {
  const keys = keyPasswords.map(text).join(",");
  const run = await runJava(jdk.java, [jdk.classes], "KeyStores", [
    "dump",
    type,
    file,
    text(password),
    keys,
  ]);
  if (run.code !== 0) throw new Error(run.errors);
  return JSON.parse(run.output) as JavaEntry[];
}

/** Writes a store with `java.security.KeyStore`. `folder` takes the list of entries. */
export async function writeWithJava(
  jdk: JavaStores,
  type: string,
  file: string,
  password: string,
  entries: readonly JavaSpec[],
  folder: string,
): Promise<void> {
  const spec = join(folder, "entries.spec");
  const lines = entries.map((entry) =>
    entry.kind === "trusted"
      ? ["trusted", text(entry.label), base64(entry.certificate)]
      : [
          "key",
          text(entry.label),
          text(entry.password),
          entry.algorithm,
          base64(entry.pkcs8),
          entry.chain.map(base64).join(","),
        ],
  );
  writeFileSync(spec, lines.map((line) => `${line.join("\t")}\n`).join(""), { mode: 0o600 });
  const run = await runJava(jdk.java, [jdk.classes], "KeyStores", [
    "write",
    type,
    file,
    text(password),
    spec,
  ]);
  if (run.code !== 0) throw new Error(run.errors);
}
