import type { Rule } from "../rule.ts";
import { caCrlSignMissing } from "./ca-crl-sign-missing.ts";
import { caFlagMissing } from "./ca-flag-missing.ts";
import { caFlagNotCritical } from "./ca-flag-not-critical.ts";
import { caKeyInStore } from "./ca-key-in-store.ts";
import { caKeyUsageMissing } from "./ca-key-usage-missing.ts";
import { caPurposeExcludesLeaf } from "./ca-purpose-excludes-leaf.ts";
import { certificateDuplicate } from "./certificate-duplicate.ts";
import { certificateExpired } from "./certificate-expired.ts";
import { certificateExpiresSoon } from "./certificate-expires-soon.ts";
import { certificateNotYetValid } from "./certificate-not-yet-valid.ts";
import { certificateRequiredMissing } from "./certificate-required-missing.ts";
import { certificateRevoked } from "./certificate-revoked.ts";
import { chainExpiresBeforeLeaf } from "./chain-expires-before-leaf.ts";
import { chainIncomplete } from "./chain-incomplete.ts";
import { chainOrder } from "./chain-order.ts";
import { chainSameName } from "./chain-same-name.ts";
import { chainSignatureWrong } from "./chain-signature-wrong.ts";
import { chainTooLong } from "./chain-too-long.ts";
import { crlExpired } from "./crl-expired.ts";
import { crlExtensionMissing } from "./crl-extension-missing.ts";
import { crlIssuerUnknown } from "./crl-issuer-unknown.ts";
import { crlNextUpdateMissing } from "./crl-next-update-missing.ts";
import { crlNotYetValid } from "./crl-not-yet-valid.ts";
import { crlSignatureWeak } from "./crl-signature-weak.ts";
import { crlSignatureWrong } from "./crl-signature-wrong.ts";
import { curveExplicit } from "./curve-explicit.ts";
import { curveNotAccepted } from "./curve-not-accepted.ts";
import { curveWeak } from "./curve-weak.ts";
import { defaultCertificateIgnoredMq } from "./default-certificate-ignored-mq.ts";
import { ecPointInvalid } from "./ec-point-invalid.ts";
import { encodingNotDer } from "./encoding-not-der.ts";
import { expiryClustered } from "./expiry-clustered.ts";
import { extensionCriticalUnknown } from "./extension-critical-unknown.ts";
import { extensionDuplicate } from "./extension-duplicate.ts";
import { extensionMalformed } from "./extension-malformed.ts";
import { fileByteOrderMark } from "./file-byte-order-mark.ts";
import { fileEbcdic } from "./file-ebcdic.ts";
import { fileTransferDamaged } from "./file-transfer-damaged.ts";
import { fileUtf16 } from "./file-utf16.ts";
import { ihsDefaultCertificateMissing } from "./ihs-default-certificate-missing.ts";
import { issuerAmbiguous } from "./issuer-ambiguous.ts";
import { issuerTestCa } from "./issuer-test-ca.ts";
import { javaPasswordNonAscii } from "./java-password-non-ascii.ts";
import { keyClassicalOnly } from "./key-classical-only.ts";
import { keyCopied } from "./key-copied.ts";
import { keyDatabasePasswordExpired } from "./key-database-password-expired.ts";
import { keyDatabasePasswordExpiresSoon } from "./key-database-password-expires-soon.ts";
import { keyDatabasePasswordShort } from "./key-database-password-short.ts";
import { keyDatabaseVersion3 } from "./key-database-version-3.ts";
import { keyDatabaseVersion4 } from "./key-database-version-4.ts";
import { keyDebian } from "./key-debian.ts";
import { keyDsa } from "./key-dsa.ts";
import { keyFactorShared } from "./key-factor-shared.ts";
import { keyIdentifierMismatch } from "./key-identifier-mismatch.ts";
import { keyIdentifierMissing } from "./key-identifier-missing.ts";
import { keyInTrustStore } from "./key-in-trust-store.ts";
import { keyKnownDemo } from "./key-known-demo.ts";
import { keyMismatch } from "./key-mismatch.ts";
import { keyMissingUnderPersonalLabel } from "./key-missing-under-personal-label.ts";
import { keyNotGskit } from "./key-not-gskit.ts";
import { keyPastCryptoperiod } from "./key-past-cryptoperiod.ts";
import { keyRoca } from "./key-roca.ts";
import { keyShared } from "./key-shared.ts";
import { keySmallAdvice } from "./key-small-advice.ts";
import { keyTooSmall } from "./key-too-small.ts";
import { labelCaseJava } from "./label-case-java.ts";
import { labelDuplicate } from "./label-duplicate.ts";
import { labelHasBlankMq } from "./label-has-blank-mq.ts";
import { labelNotMq } from "./label-not-mq.ts";
import { labelTooLongMq } from "./label-too-long-mq.ts";
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
import { passwordEmpty } from "./password-empty.ts";
import { passwordInSettings } from "./password-in-settings.ts";
import { passwordObscured } from "./password-obscured.ts";
import { passwordShared } from "./password-shared.ts";
import { passwordWeak } from "./password-weak.ts";
import { passwordWellKnown } from "./password-well-known.ts";
import { pathLengthExceeded } from "./path-length-exceeded.ts";
import { peerNotTrusted } from "./peer-not-trusted.ts";
import { personalSelfSignedWithCaTwin } from "./personal-self-signed-with-ca-twin.ts";
import { pkcs12IterationsLow } from "./pkcs12-iterations-low.ts";
import { pkcs12KeyPasswordDiffers } from "./pkcs12-key-password-differs.ts";
import { pkcs12MacMissing } from "./pkcs12-mac-missing.ts";
import { pkcs12MacWeak } from "./pkcs12-mac-weak.ts";
import { pkcs12TrustInvisibleToJava } from "./pkcs12-trust-invisible-to-java.ts";
import { pkcs12WeakEncryption } from "./pkcs12-weak-encryption.ts";
import { policyMissing } from "./policy-missing.ts";
import { privateKeyUnencrypted } from "./private-key-unencrypted.ts";
import { purposeDualPublicCa } from "./purpose-dual-public-ca.ts";
import { purposeMissing } from "./purpose-missing.ts";
import { purposeNotClient } from "./purpose-not-client.ts";
import { purposeNotServer } from "./purpose-not-server.ts";
import { requestAnswered } from "./request-answered.ts";
import { requestStale } from "./request-stale.ts";
import { revocationLdapOnly } from "./revocation-ldap-only.ts";
import { revocationSourceMissing } from "./revocation-source-missing.ts";
import { rsaBitsOdd } from "./rsa-bits-odd.ts";
import { rsaExponent } from "./rsa-exponent.ts";
import { rsaSmallFactor } from "./rsa-small-factor.ts";
import { sanLacksCommonName } from "./san-lacks-common-name.ts";
import { sanLacksExpectedHost } from "./san-lacks-expected-host.ts";
import { sanMalformed } from "./san-malformed.ts";
import { sanMissing } from "./san-missing.ts";
import { sapEncryptionCertificateKept } from "./sap-encryption-certificate-kept.ts";
import { sapInternalDiffers } from "./sap-internal-differs.ts";
import { sapInternalPurpose } from "./sap-internal-purpose.ts";
import { sctMissing } from "./sct-missing.ts";
import { serialDuplicate } from "./serial-duplicate.ts";
import { serialNegative } from "./serial-negative.ts";
import { serialSequential } from "./serial-sequential.ts";
import { serialTooLong } from "./serial-too-long.ts";
import { serialTooShort } from "./serial-too-short.ts";
import { serialZero } from "./serial-zero.ts";
import { settingsLabelMissing } from "./settings-label-missing.ts";
import { settingsStoreMissing } from "./settings-store-missing.ts";
import { settingsTrustNobody } from "./settings-trust-nobody.ts";
import { signatureAlgorithmMismatch } from "./signature-algorithm-mismatch.ts";
import { signatureMd2 } from "./signature-md2.ts";
import { signatureMd4 } from "./signature-md4.ts";
import { signatureMd5 } from "./signature-md5.ts";
import { signatureParameters } from "./signature-parameters.ts";
import { signatureSha1 } from "./signature-sha1.ts";
import { signatureSha224 } from "./signature-sha224.ts";
import { signerSwitchedOff } from "./signer-switched-off.ts";
import { stashMissing } from "./stash-missing.ts";
import { stashOrphan } from "./stash-orphan.ts";
import { stashPresent } from "./stash-present.ts";
import { stashReadable } from "./stash-readable.ts";
import { stashVersion1 } from "./stash-version-1.ts";
import { stashWrong } from "./stash-wrong.ts";
import { storeBackupCopy } from "./store-backup-copy.ts";
import { storeEmpty } from "./store-empty.ts";
import { storeExtensionMismatch } from "./store-extension-mismatch.ts";
import { storeIntegrityFailed } from "./store-integrity-failed.ts";
import { storeJks } from "./store-jks.ts";
import { storeReadable } from "./store-readable.ts";
import { storeTrackedByGit } from "./store-tracked-by-git.ts";
import { storeTypeUnsuited } from "./store-type-unsuited.ts";
import { storeWritableByOthers } from "./store-writable-by-others.ts";
import { trustBelowRoot } from "./trust-below-root.ts";
import { trustLeafWithItsCa } from "./trust-leaf-with-its-ca.ts";
import { trustManySelfSigned } from "./trust-many-self-signed.ts";
import { trustMixed } from "./trust-mixed.ts";
import { trustOneWay } from "./trust-one-way.ts";
import { trustPublicBundle } from "./trust-public-bundle.ts";
import { trustPublicRoot } from "./trust-public-root.ts";
import { trustTooManyRoots } from "./trust-too-many-roots.ts";
import { trustWeakRoot } from "./trust-weak-root.ts";
import { umDemoStore } from "./um-demo-store.ts";
import { validityEncoding } from "./validity-encoding.ts";
import { validityReversed } from "./validity-reversed.ts";
import { validityTooLong } from "./validity-too-long.ts";
import { versionNot3 } from "./version-not-3.ts";
import { wasDefaultNames } from "./was-default-names.ts";

/** Every rule, by id. */
export const rules: readonly Rule[] = [
  caCrlSignMissing,
  caFlagMissing,
  caFlagNotCritical,
  caKeyInStore,
  caKeyUsageMissing,
  caPurposeExcludesLeaf,
  certificateDuplicate,
  certificateExpired,
  certificateExpiresSoon,
  certificateNotYetValid,
  certificateRequiredMissing,
  certificateRevoked,
  chainExpiresBeforeLeaf,
  chainIncomplete,
  chainOrder,
  chainSameName,
  chainSignatureWrong,
  chainTooLong,
  crlExpired,
  crlExtensionMissing,
  crlIssuerUnknown,
  crlNextUpdateMissing,
  crlNotYetValid,
  crlSignatureWeak,
  crlSignatureWrong,
  curveExplicit,
  curveNotAccepted,
  curveWeak,
  defaultCertificateIgnoredMq,
  ecPointInvalid,
  encodingNotDer,
  expiryClustered,
  extensionCriticalUnknown,
  extensionDuplicate,
  extensionMalformed,
  fileByteOrderMark,
  fileEbcdic,
  fileTransferDamaged,
  fileUtf16,
  ihsDefaultCertificateMissing,
  issuerAmbiguous,
  issuerTestCa,
  javaPasswordNonAscii,
  keyClassicalOnly,
  keyCopied,
  keyDatabasePasswordExpired,
  keyDatabasePasswordExpiresSoon,
  keyDatabasePasswordShort,
  keyDatabaseVersion3,
  keyDatabaseVersion4,
  keyDebian,
  keyDsa,
  keyFactorShared,
  keyIdentifierMismatch,
  keyIdentifierMissing,
  keyInTrustStore,
  keyKnownDemo,
  keyMismatch,
  keyMissingUnderPersonalLabel,
  keyNotGskit,
  keyPastCryptoperiod,
  keyRoca,
  keyShared,
  keySmallAdvice,
  keyTooSmall,
  labelCaseJava,
  labelDuplicate,
  labelHasBlankMq,
  labelNotMq,
  labelTooLongMq,
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
  passwordEmpty,
  passwordInSettings,
  passwordObscured,
  passwordShared,
  passwordWeak,
  passwordWellKnown,
  pathLengthExceeded,
  peerNotTrusted,
  personalSelfSignedWithCaTwin,
  pkcs12IterationsLow,
  pkcs12KeyPasswordDiffers,
  pkcs12MacMissing,
  pkcs12MacWeak,
  pkcs12TrustInvisibleToJava,
  pkcs12WeakEncryption,
  policyMissing,
  privateKeyUnencrypted,
  purposeDualPublicCa,
  purposeMissing,
  purposeNotClient,
  purposeNotServer,
  requestAnswered,
  requestStale,
  revocationLdapOnly,
  revocationSourceMissing,
  rsaBitsOdd,
  rsaExponent,
  rsaSmallFactor,
  sanLacksCommonName,
  sanLacksExpectedHost,
  sanMalformed,
  sanMissing,
  sapEncryptionCertificateKept,
  sapInternalDiffers,
  sapInternalPurpose,
  sctMissing,
  serialDuplicate,
  serialNegative,
  serialSequential,
  serialTooLong,
  serialTooShort,
  serialZero,
  settingsLabelMissing,
  settingsStoreMissing,
  settingsTrustNobody,
  signatureAlgorithmMismatch,
  signatureMd2,
  signatureMd4,
  signatureMd5,
  signatureParameters,
  signatureSha1,
  signatureSha224,
  signerSwitchedOff,
  stashMissing,
  stashOrphan,
  stashPresent,
  stashReadable,
  stashVersion1,
  stashWrong,
  storeBackupCopy,
  storeEmpty,
  storeExtensionMismatch,
  storeIntegrityFailed,
  storeJks,
  storeReadable,
  storeTrackedByGit,
  storeTypeUnsuited,
  storeWritableByOthers,
  trustBelowRoot,
  trustLeafWithItsCa,
  trustManySelfSigned,
  trustMixed,
  trustOneWay,
  trustPublicBundle,
  trustPublicRoot,
  trustTooManyRoots,
  trustWeakRoot,
  umDemoStore,
  validityEncoding,
  validityReversed,
  validityTooLong,
  versionNot3,
  wasDefaultNames,
];
