/** What a TLS library's code means for somebody with two keystores, and what to do about it. */
export interface HandshakeReason {
  /** Completes the sentence "A does not accept B: …". */
  readonly text: string;
  /** One imperative sentence. */
  readonly hint?: string;
}

const NO_CHAIN: HandshakeReason = {
  text: "its chain does not end in a self-signed certificate that is trusted there",
  hint: "see who trusts what with `pki list`, and that no signer's trust is switched off",
};
const TOO_WEAK: HandshakeReason = {
  text: "its key is smaller than TLS software takes today",
  hint: "issue it anew with a key of 2048 bits or more, or write without the proof: --no-prove",
};
const WEAK_HASH: HandshakeReason = {
  text: "it is signed with a hash that TLS software refuses today (MD5 or SHA-1)",
  hint: "issue it anew with SHA-256, or write without the proof: --no-prove",
};
const NO_CERTIFICATE: HandshakeReason = {
  text: "no certificate was presented",
  hint: "a personal certificate with its private key and its whole chain is needed",
};
const EXPIRED: HandshakeReason = {
  text: "a certificate of its chain has expired",
  hint: "issue it anew, or prove all but the dates: --ignore-dates",
};
const NOT_YET: HandshakeReason = {
  text: "a certificate of its chain is not valid yet",
  hint: "compare the clocks, or prove all but the dates: --ignore-dates",
};
const WRONG_KEY: HandshakeReason = {
  text: "the private key does not belong to the certificate",
  hint: "receive the certificate into the store that made the request",
};
const PURPOSE: HandshakeReason = {
  text: "its extended key usage or key usage does not allow this role",
  hint: "issue it anew with `pki issue peer`, which may be both client and server",
};

/** OpenSSL's verification results, as Node names them, and the errors of both TLS libraries. */
const REASONS: Readonly<Record<string, HandshakeReason>> = {
  UNABLE_TO_GET_ISSUER_CERT: NO_CHAIN,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NO_CHAIN,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NO_CHAIN,
  SELF_SIGNED_CERT_IN_CHAIN: NO_CHAIN,
  DEPTH_ZERO_SELF_SIGNED_CERT: NO_CHAIN,
  CERT_UNTRUSTED: NO_CHAIN,
  UNTRUSTED: NO_CHAIN,
  CERT_SIGNATURE_FAILURE: {
    text: "a signature in its chain is not its issuer's, though the names agree",
    hint: "two CAs with one name: take the signer from the other party's store itself",
  },
  CERT_HAS_EXPIRED: EXPIRED,
  CERT_NOT_YET_VALID: NOT_YET,
  CERT_REJECTED: PURPOSE,
  INVALID_PURPOSE: PURPOSE,
  INVALID_CA: {
    text: "a certificate of its chain is used as a CA without being one",
    hint: "have the certificate issued by a real CA (basic constraints CA:TRUE)",
  },
  PATH_LENGTH_EXCEEDED: { text: "its chain is longer than one of its CAs allows" },
  CERT_CHAIN_TOO_LONG: { text: "its chain is longer than TLS software follows" },
  CERT_REVOKED: { text: "a certificate of its chain is revoked" },
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: NO_CERTIFICATE,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NO_CERTIFICATE,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: NO_CHAIN,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: EXPIRED,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: NO_CHAIN,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: NO_CHAIN,
  ERR_SSL_EE_KEY_TOO_SMALL: TOO_WEAK,
  ERR_SSL_CA_KEY_TOO_SMALL: TOO_WEAK,
  EE_KEY_TOO_SMALL: TOO_WEAK,
  CA_KEY_TOO_SMALL: TOO_WEAK,
  ERR_SSL_CA_MD_TOO_WEAK: WEAK_HASH,
  CA_MD_TOO_WEAK: WEAK_HASH,
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: WRONG_KEY,
  ERR_OSSL_X509_KEY_TYPE_MISMATCH: WRONG_KEY,
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: WRONG_KEY,
  ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS: {
    text: "both ends have no signature scheme or curve in common",
    hint: "issue it anew with RSA or a NIST curve (P-256)",
  },
  ERR_SSL_NO_SHARED_CIPHER: {
    text: "both ends have no cipher in common",
    hint: "issue it anew with RSA or a NIST curve (P-256)",
  },
  TIMEOUT: { text: "no answer within ten seconds" },
};

/** The words for a library's code; a code without words is shown as it is. */
export function handshakeReason(code: string): HandshakeReason {
  return REASONS[code] ?? { text: `the TLS library says ${code.toLowerCase()}` };
}
