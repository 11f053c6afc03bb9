import type { DistinguishedName, Extension } from "./certificate.ts";

/** A certificate revocation list. `der` is the truth, everything else a view of it made by `x509/crl.ts`. */
export interface RevocationList {
  readonly der: Uint8Array;
  /** SHA-256 of `der`: 64 lower-case hex digits. */
  readonly sha256: string;
  /** 1 or 2. */
  readonly version: number;
  readonly issuer: DistinguishedName;
  /** As `Certificate.signatureAlgorithm`. */
  readonly signatureAlgorithm: string;
  readonly thisUpdate: Date;
  /** When the next one is there at the latest. */
  readonly nextUpdate?: Date;
  /** How many certificates it names. */
  readonly count: number;
  readonly extensions: readonly Extension[];
}
