import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Secret } from "../../src/model/secret.ts";
import type { FormatId } from "../../src/model/store.ts";

export const fixturesFolder = resolve("certs-fixtures");

/** The bytes of a file under certs-fixtures, such as `java/chain.jks`. */
export function fixture(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(fixturesFolder, path)));
}

/** The first block of a PEM fixture, read independently of the code under test. */
export function pemFixture(path: string): Uint8Array {
  const text = readFileSync(join(fixturesFolder, path), "latin1");
  const block = /-----BEGIN [^-]+-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END /.exec(text)?.[1];
  if (block === undefined) throw new Error(`no plain PEM block in ${path}`);
  return new Uint8Array(Buffer.from(block, "base64"));
}

/** Names of the files in a folder of certs-fixtures, sorted; none where it is absent. */
export function fixtureNames(folder: string): readonly string[] {
  const full = join(fixturesFolder, folder);
  return existsSync(full) ? readdirSync(full).sort() : [];
}

export interface ManifestEntry {
  readonly format: FormatId;
  /** Store password; absent: none is given. */
  readonly password?: string;
  /** Passwords of keys that have one of their own, by label. */
  readonly keyPasswords?: Readonly<Record<string, string>>;
  /** The file must fail with just this. */
  readonly error?: { readonly code: string; readonly where?: string };
  /** Reading, then writing gives other bytes though the format is deterministic: the reason. */
  readonly rebuilt?: string;
}

/** certs-fixtures/manifest.json: path → what it is. */
export function manifest(): ReadonlyMap<string, ManifestEntry> {
  const text = readFileSync(join(fixturesFolder, "manifest.json"), "utf8");
  return new Map(Object.entries(JSON.parse(text) as Record<string, ManifestEntry>));
}

export function secret(text: string): Secret {
  return Secret.fromText(text);
}
