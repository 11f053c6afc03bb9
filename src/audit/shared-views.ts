import { Recurring } from "../bytes/recent.ts";
import type { Certificate } from "../model/certificate.ts";
import { weightOf } from "../x509/certificate-memo.ts";
import { CertificateView } from "./certificate-view.ts";
import { ViewMemo } from "./view-memo.ts";

/** Bytes that the shared views may keep alive: a view holds on to the file that it was read from. */
const VIEW_BYTES = 32 * 1024 * 1024;
/** Views of larger files are not shared: one would push out hundreds of others. */
const LARGEST = VIEW_BYTES / 64;
/** Signatures remembered: as many as there are certificates in a large inventory. */
const MOST_VERDICTS = 100_000;

/**
 * Views of certificates that stand in many stores: those asked for again lately are kept, within 32 MiB.
 *
 * One for each audit. A view says nothing about the store that it came from, so any store may use it.
 */
export class SharedViews {
  readonly #views = new Recurring<CertificateView>(VIEW_BYTES, ({ certificate }) =>
    weightOf(certificate),
  );
  readonly #memo = new ViewMemo();

  get(certificate: Certificate): CertificateView {
    const known = this.#views.get(certificate.sha256);
    if (known !== undefined) return known;
    const view = new CertificateView(certificate, this.#memo);
    if (weightOf(certificate) <= LARGEST) this.#views.offer(certificate.sha256, view);
    return view;
  }

  /** How many are kept. */
  get size(): number {
    return this.#views.size;
  }
}

/** What was found out about pairs of certificates, the oldest forgotten first. */
export class Remembered<T> {
  readonly #known = new Map<string, T>();
  readonly #most: number;

  constructor(most = MOST_VERDICTS) {
    this.#most = most;
  }

  get(key: string): T | undefined {
    return this.#known.get(key);
  }

  set(key: string, value: T): void {
    if (this.#known.size >= this.#most) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest);
        break;
      }
    }
    this.#known.set(key, value);
  }
}
