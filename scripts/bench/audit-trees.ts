import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writePem } from "../../src/bytes/pem.ts";
import type { Codec } from "../../src/codecs/codec.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Entry } from "../../src/model/store.ts";
import { writeStore } from "../../test/support/stores.ts";
import { ca, cert, type Forged } from "../fixtures/rules/forge.ts";

/** Certificates in one directory: a real tree has more files than any directory should hold. */
const PER_DIRECTORY = 500;

/** A root and certificates that it issued, each with its own key and name. */
export interface Family {
  readonly root: Forged;
  readonly members: readonly Forged[];
}

/** Distinct certificates as a company has them: roots, and what they issued. */
export function makeFamilies(roots: number, membersOfEach: number): readonly Family[] {
  return Array.from({ length: roots }, (_, r): Family => {
    const root = ca(`CN=Bench Root ${r},O=Bench,C=GB`);
    const members = Array.from({ length: membersOfEach }, (_, m) =>
      cert({ subject: `CN=host-${r}-${m}.example.com,O=Bench,C=GB`, issuer: root }),
    );
    return { root, members };
  });
}

/**
 * PEM bundles, each a root and what it issued, until there are `total` certificates.
 *
 * @returns how many certificates were written
 */
export function makeBundles(folder: string, families: readonly Family[], total: number): number {
  const texts = families.map(({ root, members }) => ({
    text: [root, ...members].map(({ der }) => writePem("CERTIFICATE", der)).join(""),
    count: members.length + 1,
  }));
  let written = 0;
  for (let file = 0; written < total; file++) {
    const { text, count } = texts[file % texts.length] as (typeof texts)[number];
    writeFileSync(join(directory(folder, file), `bundle-${file}.pem`), text);
    written += count;
  }
  return written;
}

/**
 * Stores of one key with its chain and two signers, `distinct` different ones copied until there are `count`.
 * With `single` the key's own certificate is all: what keytool's start is measured with.
 */
export async function makeManyStores(
  folder: string,
  codec: Codec,
  extension: string,
  families: readonly Family[],
  password: string,
  {
    distinct,
    count,
    single = false,
  }: { readonly distinct: number; readonly count: number; readonly single?: boolean },
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const made: Uint8Array[] = [];
  for (let i = 0; i < distinct; i++) {
    const { root, members } = families[i % families.length] as Family;
    const own = members[Math.floor(i / families.length) % members.length] as Forged;
    const other = (families[(i + 1) % families.length] as Family).root;
    const key = { state: "open", pkcs8: new Secret(own.key.pkcs8.slice()) } as const;
    const alone: Entry = { kind: "key", label: "own", key, chain: [own.certificate] };
    const entries: Entry[] = [
      { ...alone, chain: [own.certificate, root.certificate] },
      { kind: "trusted", label: "root", certificate: root.certificate, enabled: true },
      { kind: "trusted", label: "other", certificate: other.certificate, enabled: true },
    ];
    const path = join(folder, "made");
    await writeStore(path, codec, single ? [alone] : entries, password);
    made.push(new Uint8Array(readFileSync(path)));
    rmSync(path);
  }
  for (let i = 0; i < count; i++) {
    const path = join(directory(folder, i), `store-${i}.${extension}`);
    writeFileSync(path, made[i % distinct] as Uint8Array, { mode: 0o600 });
  }
}

function directory(folder: string, file: number): string {
  const path = join(folder, String(Math.floor(file / PER_DIRECTORY)));
  if (file % PER_DIRECTORY === 0) mkdirSync(path, { recursive: true });
  return path;
}
