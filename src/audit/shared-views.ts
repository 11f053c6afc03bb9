import type { Certificate } from "../model/certificate.ts";
import { CertificateView } from "./certificate-view.ts";
import { ViewMemo } from "./view-memo.ts";

/** Bytes that the shared views may keep alive: a view holds on to the file that it was read from. */
const VIEW_BYTES = 32 * 1024 * 1024;
/** Views of larger files are not shared: one would push out hundreds of others. */
const LARGEST = VIEW_BYTES / 64;
/** The parts of a view that were read cost memory too. */
const OVERHEAD = 4096;
/** Signatures remembered: as many as there are certificates in a large inventory. */
const MOST_VERDICTS = 100_000;

/**
 * Views of certificates that stand in many stores: those seen last are kept, within 32 MiB.
 *
 * One for each audit. A view says nothing about the store that it came from, so any store may use it.
 */
export class SharedViews {
  readonly #views = new Map<string, CertificateView>();
  readonly #memo = new ViewMemo();
  #bytes = 0;

  get(certificate: Certificate): CertificateView {
    const { sha256 } = certificate;
    const known = this.#views.get(sha256);
    if (known !== undefined) {
      // A Map keeps the order of insertion: the first one is the one not used for longest.
      this.#views.delete(sha256);
      this.#views.set(sha256, known);
      return known;
    }
    const view = new CertificateView(certificate, this.#memo);
    const weight = weightOf(certificate);
    if (weight > LARGEST) return view;
    this.#views.set(sha256, view);
    this.#bytes += weight;
    for (const [key, oldest] of this.#views) {
      if (this.#bytes <= VIEW_BYTES) break;
      this.#views.delete(key);
      this.#bytes -= weightOf(oldest.certificate);
    }
    return view;
  }

  /** How many are kept. */
  get size(): number {
    return this.#views.size;
  }
}

function weightOf({ der }: Certificate): number {
  return der.buffer.byteLength + OVERHEAD;
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
