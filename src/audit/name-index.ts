import type { DistinguishedName } from "../model/certificate.ts";
import { nameKey, nameMark } from "../x509/name.ts";
import { NO_MARK } from "../x509/name-mark.ts";
import type { CertificateView } from "./certificate-view.ts";

const NONE: readonly CertificateView[] = [];

/**
 * The certificates of a store by one of their names. Most names that are looked for are nobody's, so they are
 * told apart by their marks; only those that may be the same are compared by their keys.
 */
export class NameIndex {
  readonly #views: readonly CertificateView[];
  readonly #nameOf: (view: CertificateView) => DistinguishedName;
  readonly #marked = new Map<number, CertificateView[]>();
  /** Made where a name has no mark. */
  #keyed: Map<string, CertificateView[]> | undefined;
  readonly #found = new Map<string, readonly CertificateView[]>();

  constructor(
    views: readonly CertificateView[],
    nameOf: (view: CertificateView) => DistinguishedName,
  ) {
    this.#views = views;
    this.#nameOf = nameOf;
    for (const view of views) add(this.#marked, nameMark(nameOf(view)), view);
  }

  /** In the order of the store. */
  get(name: DistinguishedName): readonly CertificateView[] {
    const mark = nameMark(name);
    if (mark === NO_MARK || this.#marked.has(NO_MARK)) return this.#byKey(nameKey(name));
    const candidates = this.#marked.get(mark);
    if (candidates === undefined) return NONE;
    const key = nameKey(name);
    let found = this.#found.get(key);
    if (found === undefined) {
      found = candidates.filter((view) => nameKey(this.#nameOf(view)) === key);
      this.#found.set(key, found);
    }
    return found;
  }

  #byKey(key: string): readonly CertificateView[] {
    if (this.#keyed === undefined) {
      this.#keyed = new Map();
      for (const view of this.#views) add(this.#keyed, nameKey(this.#nameOf(view)), view);
    }
    return this.#keyed.get(key) ?? NONE;
  }
}

function add<K>(index: Map<K, CertificateView[]>, key: K, view: CertificateView): void {
  const others = index.get(key);
  if (others === undefined) index.set(key, [view]);
  else others.push(view);
}
