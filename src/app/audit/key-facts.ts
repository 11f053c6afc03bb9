import type { Codec, Passwords, SharedWork } from "../../codecs/codec.ts";
import { readSealedKey } from "../../crypto/pbe.ts";
import { readPbe } from "../../crypto/pbe-scheme.ts";
import { PkiError } from "../../model/error.ts";
import type { KeyFacts } from "../../model/inventory.ts";
import type { Secret } from "../../model/secret.ts";
import type { KeyEntry, SecretEntry, Store } from "../../model/store.ts";

/** Iterations that opening one key may cost. */
const KEY_ITERATIONS = 10_000;
/** Iterations for all keys of one store. */
const STORE_ITERATIONS = 50_000;
/** Keys of one store that are opened. */
const MAX_KEYS = 64;
/** Longer ones are no keys that anybody uses, and comparing takes long. */
const MAX_BLOB = 16 * 1024;

/**
 * Opens private keys, where that is cheap, to see whether they belong to their certificates. They are
 * wiped at once.
 *
 * @param others - passwords to try on keys that the store's does not open
 */
export async function keyFacts(
  codec: Codec,
  store: Store,
  passwords: Passwords,
  others: readonly Secret[],
  shared?: SharedWork,
): Promise<readonly KeyFacts[]> {
  const facts: KeyFacts[] = [];
  let spent = 0;
  let opened = 0;
  for (const entry of store.entries) {
    if (entry.kind !== "key" && !isPlainKey(entry)) continue;
    const { label, key } = entry;
    const bare = key.state === "open" ? { unencrypted: true } : {};
    const cost = key.state === "open" ? 0 : await iterationsOf(codec, key.blob);
    const affordable =
      cost <= KEY_ITERATIONS && spent + cost <= STORE_ITERATIONS && opened < MAX_KEYS;
    const usable = key.state === "open" || passwords.store !== undefined;
    if (!affordable || !usable || entry.kind !== "key") {
      facts.push({ label, ...bare });
      continue;
    }
    spent += cost;
    opened++;
    facts.push({ label, ...bare, ...(await compared(codec, entry, passwords, others, shared)) });
  }
  return facts;
}

function isPlainKey(entry: { kind: string; key?: unknown }): entry is SecretEntry {
  return entry.kind === "secret" && (entry as SecretEntry).key.state === "open";
}

async function compared(
  codec: Codec,
  entry: KeyEntry,
  passwords: Passwords,
  others: readonly Secret[],
  shared: SharedWork | undefined,
): Promise<Partial<KeyFacts>> {
  const own = await unsealed(codec, entry, passwords, shared);
  if (own !== undefined) return { ...(await matching(own, entry)) };
  for (const key of others) {
    const secret = await unsealed(codec, entry, { ...passwords, key }, shared);
    if (secret !== undefined) return { otherPassword: true, ...(await matching(secret, entry)) };
  }
  return { otherPassword: true };
}

/** undefined: the password does not open it. A key that cannot be opened for another reason is told by nobody. */
async function unsealed(
  codec: Codec,
  { key }: KeyEntry,
  passwords: Passwords,
  shared: SharedWork | undefined,
): Promise<Secret | "unknown" | undefined> {
  try {
    return await codec.unseal(key, passwords, shared);
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    return error.code === "key-password-wrong" ? undefined : "unknown";
  }
}

async function matching(
  secret: Secret | "unknown",
  { chain }: KeyEntry,
): Promise<Partial<KeyFacts>> {
  if (secret === "unknown") return {};
  const { keyMatches } = await import("../../x509/private-key.ts");
  try {
    return { matches: secret.use((pkcs8) => keyMatches(pkcs8, chain[0])) };
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    return {};
  } finally {
    secret.dispose();
  }
}

async function iterationsOf(codec: Codec, blob: Uint8Array): Promise<number> {
  if (blob.length > MAX_BLOB) return Number.POSITIVE_INFINITY;
  try {
    if (codec.format === "jks") return 0; // Sun's key protector: one SHA-1 for 20 octets
    if (codec.format === "kdb") {
      const { sealingOf } = await import("../../codecs/kdb/protection.ts");
      return sealingOf(blob).pbe?.kdf.iterations ?? Number.POSITIVE_INFINITY;
    }
    return readPbe(readSealedKey(blob).algorithm).kdf.iterations;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
