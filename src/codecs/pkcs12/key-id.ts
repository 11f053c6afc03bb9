import { toHex } from "../../bytes/octets.ts";
import { digest } from "../../crypto/digest.ts";
import type { Entry, KeyEntry, SecretEntry } from "../../model/store.ts";
import type { Bag } from "./bag.ts";
import { createdOf, originOf } from "./entries.ts";

/**
 * localKeyIds of the entries of one file: kept where the file has them and they say the right date,
 * else made, and never the same twice.
 *
 * With a date it is Java's text `Time <milliseconds>`, without one the SHA-1 of the certificate, as
 * OpenSSL makes it.
 */
export class KeyIds {
  readonly #used = new Set<string>();
  readonly #own: ReadonlySet<Bag>;

  constructor(entries: readonly Entry[], own: ReadonlySet<Bag>) {
    this.#own = own;
    for (const entry of entries) {
      const kept = this.#kept(entry);
      if (kept !== undefined) this.#used.add(toHex(kept));
    }
  }

  /** The id of a key and its leaf; undefined where the file has none and needs none. */
  ofKey(entry: KeyEntry): Uint8Array | undefined {
    const kept = this.#kept(entry);
    if (kept !== undefined) return kept;
    return this.#needsNone(entry) ? undefined : this.#make(entry.created, entry.chain[0].der);
  }

  ofSecret(entry: SecretEntry): Uint8Array | undefined {
    const kept = this.#kept(entry);
    if (kept !== undefined || entry.created === undefined) return kept;
    return this.#make(entry.created, new Uint8Array(0));
  }

  #kept(entry: Entry): Uint8Array | undefined {
    const origin = originOf(entry);
    const bag = origin?.key ?? origin?.secret;
    const id = bag !== undefined && this.#own.has(bag) ? bag.attributes.keyId : undefined;
    if (id === undefined || createdOf(id)?.getTime() !== entry.created?.getTime()) return undefined;
    return id;
  }

  /** A file whose key was found by its public key alone stays so while both are as they were. */
  #needsNone(entry: KeyEntry): boolean {
    const origin = originOf(entry);
    return (
      origin?.key !== undefined &&
      this.#own.has(origin.key) &&
      origin.key.attributes.keyId === undefined &&
      entry.created === undefined &&
      origin.certificate?.certificate.sha256 === entry.chain[0].sha256
    );
  }

  #make(created: Date | undefined, certificate: Uint8Array): Uint8Array {
    const text = new TextEncoder();
    for (let zeros = ""; ; zeros += "0") {
      // Java reads the digits as a number: zeros before them keep the date and make another id.
      const id =
        created === undefined
          ? digest("sha1", certificate, text.encode(zeros))
          : text.encode(javaTime(created.getTime(), zeros));
      const key = toHex(id);
      if (this.#used.has(key)) continue;
      this.#used.add(key);
      return id;
    }
  }
}

function javaTime(milliseconds: number, zeros: string): string {
  return `Time ${milliseconds < 0 ? "-" : ""}${zeros}${Math.abs(milliseconds)}`;
}
