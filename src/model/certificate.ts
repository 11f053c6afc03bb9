/** One attribute of a distinguished name: `type` is a dotted OID, `value` its decoded text. */
export interface NameAttribute {
  readonly type: string;
  readonly value: string;
  /** The DER tag of the value (12 UTF8String, 19 PrintableString, 30 BMPString …). */
  readonly tag: number;
}

/** A distinguished name in the order it is encoded (RFC 5280 §4.1.2.4). `der` is the truth. */
export interface DistinguishedName {
  readonly der: Uint8Array;
  readonly rdns: readonly (readonly NameAttribute[])[];
}

export interface PublicKeyView {
  /** `RSA`, `RSASSA-PSS`, `EC`, `Ed25519`, `Ed448`, `X25519`, `X448`, `DSA`, else the dotted OID. */
  readonly algorithm: string;
  /** RSA and DSA modulus or EC field size in bits; 256 for Ed25519, 456 for Ed448; 0 where unknown. */
  readonly bits: number;
  /** Named curve as openssl and keytool call it: `P-256`, `P-384`, `P-521`, `secp256k1`, else the OID. */
  readonly curve?: string;
  /** RSA public exponent, lower-case hex without leading zeros. */
  readonly exponent?: string;
  /** SubjectPublicKeyInfo, whole DER. */
  readonly spki: Uint8Array;
}

export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** The octets inside extnValue. */
  readonly value: Uint8Array;
}

/**
 * An X.509 certificate. `der` is the truth, everything else a view of it made by `x509/parse.ts`.
 *
 * Times are UTC with a resolution of one second. Serials and fingerprints are lower-case hex; a serial
 * has an even number of digits and keeps the sign octet's meaning out: a negative serial starts with `-`.
 */
export interface Certificate {
  readonly der: Uint8Array;
  /** SHA-256 of `der`: 64 lower-case hex digits. */
  readonly sha256: string;
  /** 1, 2 or 3. */
  readonly version: number;
  readonly serial: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** OpenSSL's long name (`sha256WithRSAEncryption`, `ecdsa-with-SHA384`, `ED25519`), else the OID. */
  readonly signatureAlgorithm: string;
  readonly publicKey: PublicKeyView;
  readonly extensions: readonly Extension[];
}
