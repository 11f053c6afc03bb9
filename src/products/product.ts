import type { PublicKeyView } from "../model/certificate.ts";
import type { FormatId } from "../model/store.ts";

/** A key and where it stands, as far as a product cares. */
export interface KeyUse {
  readonly publicKey: PublicKeyView;
  /** `own`: the key of the personal certificate; `signer`: of a CA above it. */
  readonly place: "own" | "signer";
}

/** Something that is odd about a label, without being an error. */
export interface LabelRemark {
  readonly message: string;
}

/**
 * What one product expects of a keystore: a plain object in the array of `products/index.ts`.
 *
 * Sources of each claim: docs/products.md.
 */
export interface Product {
  /** Stable, such as `ibm-mq`. */
  readonly id: string;
  readonly title: string;
  /** Formats that it opens. */
  readonly formats: readonly FormatId[];
  /** The label it looks for, from the name of whom the certificate is for; absent: it takes any, or is told one. */
  label?(name: string): string;
  /** What to know about a label before using it. */
  remarks?(label: string): readonly LabelRemark[];
  /** Why it cannot use a key; undefined where it can. Lower case, to be read after the product's name. */
  refuses(use: KeyUse): string | undefined;
}
