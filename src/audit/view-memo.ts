import { ByteMemo } from "../bytes/byte-memo.ts";
import { sha256Hex } from "../crypto/digest.ts";
import type { Extension, PublicKeyView } from "../model/certificate.ts";
import { ExtensionOid, extensionContent } from "../x509/extensions.ts";
import { KeyView } from "./key-view.ts";

/** RSA keys remembered: a few kilobytes each. */
const MOST_KEYS = 8192;

/** Extensions that differ from certificate to certificate: remembering them would only cost memory. */
const OWN: ReadonlySet<string> = new Set([
  ExtensionOid.subjectAltName,
  ExtensionOid.subjectKeyIdentifier,
]);

/**
 * What the certificates of an audit have in common: the keys that several have, and extensions that are the
 * same object because they were read from the same bytes.
 */
export class ViewMemo {
  readonly #keys = new Map<string, KeyView>();
  readonly #algorithms = new Map<string, ByteMemo<{ readonly value: unknown }>>();
  readonly #contents = new WeakMap<Extension, { readonly content: unknown }>();

  /** Only RSA keys are remembered: they alone are dear to look into. */
  key(publicKey: PublicKeyView): KeyView {
    if (!publicKey.algorithm.startsWith("RSA")) return new KeyView(publicKey);
    const hash = sha256Hex(publicKey.spki);
    const known = this.#keys.get(hash);
    if (known !== undefined) return known;
    if (this.#keys.size >= MOST_KEYS) {
      for (const oldest of this.#keys.keys()) {
        this.#keys.delete(oldest);
        break;
      }
    }
    const view = new KeyView(publicKey, hash);
    this.#keys.set(hash, view);
    return view;
  }

  /** What a rule finds out of an AlgorithmIdentifier, made once for each that is encoded the same. */
  ofAlgorithm<T>(name: string, algorithm: Uint8Array, make: (algorithm: Uint8Array) => T): T {
    let memo = this.#algorithms.get(name);
    if (memo === undefined) {
      memo = new ByteMemo();
      this.#algorithms.set(name, memo);
    }
    const { length } = algorithm;
    const known = memo.get(algorithm, 0, length) ?? memo.make(algorithm, 0, length, boxed(make));
    return known === undefined ? make(algorithm) : (known.value as T);
  }

  /** As `extensionContent`. */
  content(extension: Extension): unknown {
    if (OWN.has(extension.oid)) return extensionContent(extension);
    let known = this.#contents.get(extension);
    if (known === undefined) {
      known = { content: extensionContent(extension) };
      this.#contents.set(extension, known);
    }
    return known.content;
  }
}

function boxed(make: (algorithm: Uint8Array) => unknown) {
  return (algorithm: Uint8Array): { readonly value: unknown } => ({ value: make(algorithm) });
}
