import type { Rule } from "../rule.ts";
import { caCrlSignMissing } from "./ca-crl-sign-missing.ts";
import { caFlagMissing } from "./ca-flag-missing.ts";
import { caFlagNotCritical } from "./ca-flag-not-critical.ts";
import { caKeyInStore } from "./ca-key-in-store.ts";
import { caKeyUsageMissing } from "./ca-key-usage-missing.ts";
import { caPurposeExcludesLeaf } from "./ca-purpose-excludes-leaf.ts";
import { certificateExpired } from "./certificate-expired.ts";
import { certificateExpiresSoon } from "./certificate-expires-soon.ts";
import { certificateNotYetValid } from "./certificate-not-yet-valid.ts";
import { chainExpiresBeforeLeaf } from "./chain-expires-before-leaf.ts";
import { chainIncomplete } from "./chain-incomplete.ts";
import { chainOrder } from "./chain-order.ts";
import { chainSameName } from "./chain-same-name.ts";
import { chainSignatureWrong } from "./chain-signature-wrong.ts";
import { chainTooLong } from "./chain-too-long.ts";
import { encodingNotDer } from "./encoding-not-der.ts";
import { expiryClustered } from "./expiry-clustered.ts";
import { extensionCriticalUnknown } from "./extension-critical-unknown.ts";
import { extensionDuplicate } from "./extension-duplicate.ts";
import { extensionMalformed } from "./extension-malformed.ts";
import { issuerAmbiguous } from "./issuer-ambiguous.ts";
import { issuerTestCa } from "./issuer-test-ca.ts";
import { keyDatabasePasswordExpired } from "./key-database-password-expired.ts";
import { keyDatabasePasswordExpiresSoon } from "./key-database-password-expires-soon.ts";
import { keyIdentifierMismatch } from "./key-identifier-mismatch.ts";
import { keyIdentifierMissing } from "./key-identifier-missing.ts";
import { keyInTrustStore } from "./key-in-trust-store.ts";
import { keyPastCryptoperiod } from "./key-past-cryptoperiod.ts";
import { leafIsCa } from "./leaf-is-ca.ts";
import { leafKeyUsage } from "./leaf-key-usage.ts";
import { leafSigns } from "./leaf-signs.ts";
import { nameConstraintsNotCritical } from "./name-constraints-not-critical.ts";
import { nameConstraintsViolated } from "./name-constraints-violated.ts";
import { nameDefault } from "./name-default.ts";
import { nameEmpty } from "./name-empty.ts";
import { nameLocalhost } from "./name-localhost.ts";
import { nameNotPortable } from "./name-not-portable.ts";
import { nameSameSubject } from "./name-same-subject.ts";
import { nameWildcard } from "./name-wildcard.ts";
import { pathLengthExceeded } from "./path-length-exceeded.ts";
import { policyMissing } from "./policy-missing.ts";
import { purposeDualPublicCa } from "./purpose-dual-public-ca.ts";
import { purposeMissing } from "./purpose-missing.ts";
import { purposeNotClient } from "./purpose-not-client.ts";
import { purposeNotServer } from "./purpose-not-server.ts";
import { revocationLdapOnly } from "./revocation-ldap-only.ts";
import { revocationSourceMissing } from "./revocation-source-missing.ts";
import { sanLacksCommonName } from "./san-lacks-common-name.ts";
import { sanMalformed } from "./san-malformed.ts";
import { sanMissing } from "./san-missing.ts";
import { sctMissing } from "./sct-missing.ts";
import { serialDuplicate } from "./serial-duplicate.ts";
import { serialNegative } from "./serial-negative.ts";
import { serialSequential } from "./serial-sequential.ts";
import { serialTooLong } from "./serial-too-long.ts";
import { serialTooShort } from "./serial-too-short.ts";
import { serialZero } from "./serial-zero.ts";
import { signatureAlgorithmMismatch } from "./signature-algorithm-mismatch.ts";
import { signatureMd2 } from "./signature-md2.ts";
import { signatureMd4 } from "./signature-md4.ts";
import { signatureMd5 } from "./signature-md5.ts";
import { signatureParameters } from "./signature-parameters.ts";
import { signatureSha1 } from "./signature-sha1.ts";
import { signatureSha224 } from "./signature-sha224.ts";
import { signerSwitchedOff } from "./signer-switched-off.ts";
import { trustBelowRoot } from "./trust-below-root.ts";
import { trustLeafWithItsCa } from "./trust-leaf-with-its-ca.ts";
import { trustManySelfSigned } from "./trust-many-self-signed.ts";
import { trustMixed } from "./trust-mixed.ts";
import { trustOneWay } from "./trust-one-way.ts";
import { trustPublicBundle } from "./trust-public-bundle.ts";
import { trustPublicRoot } from "./trust-public-root.ts";
import { trustTooManyRoots } from "./trust-too-many-roots.ts";
import { trustWeakRoot } from "./trust-weak-root.ts";
import { validityEncoding } from "./validity-encoding.ts";
import { validityReversed } from "./validity-reversed.ts";
import { validityTooLong } from "./validity-too-long.ts";
import { versionNot3 } from "./version-not-3.ts";

/** Every rule, by id. */
export const rules: readonly Rule[] = [
  caCrlSignMissing,
  caFlagMissing,
  caFlagNotCritical,
  caKeyInStore,
  caKeyUsageMissing,
  caPurposeExcludesLeaf,
  certificateExpired,
  certificateExpiresSoon,
  certificateNotYetValid,
  chainExpiresBeforeLeaf,
  chainIncomplete,
  chainOrder,
  chainSameName,
  chainSignatureWrong,
  chainTooLong,
  encodingNotDer,
  expiryClustered,
  extensionCriticalUnknown,
  extensionDuplicate,
  extensionMalformed,
  issuerAmbiguous,
  issuerTestCa,
  keyDatabasePasswordExpired,
  keyDatabasePasswordExpiresSoon,
  keyIdentifierMismatch,
  keyIdentifierMissing,
  keyInTrustStore,
  keyPastCryptoperiod,
  leafIsCa,
  leafKeyUsage,
  leafSigns,
  nameConstraintsNotCritical,
  nameConstraintsViolated,
  nameDefault,
  nameEmpty,
  nameLocalhost,
  nameNotPortable,
  nameSameSubject,
  nameWildcard,
  pathLengthExceeded,
  policyMissing,
  purposeDualPublicCa,
  purposeMissing,
  purposeNotClient,
  purposeNotServer,
  revocationLdapOnly,
  revocationSourceMissing,
  sanLacksCommonName,
  sanMalformed,
  sanMissing,
  sctMissing,
  serialDuplicate,
  serialNegative,
  serialSequential,
  serialTooLong,
  serialTooShort,
  serialZero,
  signatureAlgorithmMismatch,
  signatureMd2,
  signatureMd4,
  signatureMd5,
  signatureParameters,
  signatureSha1,
  signatureSha224,
  signerSwitchedOff,
  trustBelowRoot,
  trustLeafWithItsCa,
  trustManySelfSigned,
  trustMixed,
  trustOneWay,
  trustPublicBundle,
  trustPublicRoot,
  trustTooManyRoots,
  trustWeakRoot,
  validityEncoding,
  validityReversed,
  validityTooLong,
  versionNot3,
];
