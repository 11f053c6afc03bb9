import { DerReader } from "../bytes/der-reader.ts";
import { contextConstructed, contextTag, Tag } from "../bytes/der-tag.ts";
import { equalBytes, toHex } from "../bytes/octets.ts";
import { sha256Hex } from "../crypto/digest.ts";
import type { DistinguishedName, Extension, PublicKeyView } from "../model/certificate.ts";
import { PkiError } from "../model/error.ts";
import type { RevocationList } from "../model/revocation-list.ts";
import { SIGNATURE_NAMES } from "./algorithms.ts";
import { readExtensionList, readName, readSerial } from "./parse.ts";
import { readSigned, signedBy } from "./signature.ts";
import { readTime } from "./time.ts";

/** CRL extensions (RFC 5280 §5.2). */
export const CRL_EXTENSION = {
  authorityKeyId: "2.5.29.35",
  number: "2.5.29.20",
  delta: "2.5.29.27",
  distributionPoint: "2.5.29.28",
} as const;

const REASON = "2.5.29.21";
const CERTIFICATE_ISSUER = "2.5.29.29";

/** CRLReason of RFC 5280 §5.3.1, by number. */
const REASONS = [
  "unspecified",
  "keyCompromise",
  "cACompromise",
  "affiliationChanged",
  "superseded",
  "cessationOfOperation",
  "certificateHold",
  undefined,
  "removeFromCRL",
  "privilegeWithdrawn",
  "aACompromise",
] as const;

/** What a CRL says of one certificate. */
export interface Revocation {
  readonly serial: string;
  readonly date: Date;
  /** `unspecified` where the list gives none. */
  readonly reason: string;
}

/**
 * Reads one certificate revocation list (RFC 5280 §5.1), version 1 or 2, from DER.
 *
 * The structure must be sound to the last byte, each entry included; entries are looked at again when asked
 * for, so that a list of a million costs no more memory than its bytes.
 *
 * @param der - exactly one list; bytes after it are refused
 * @throws PkiError `format-malformed`
 */
export function parseCrl(der: Uint8Array, where = "CRL"): RevocationList {
  const { tbs, algorithm } = openList(der, where);
  const version = tbs.peek() === Tag.integer ? tbs.unsigned("version", 255) + 1 : 1;
  tbs.next(Tag.sequence, "signature");
  const issuer = readName(tbs, "issuer");
  const thisUpdate = readTime(tbs, "thisUpdate");
  const timed = tbs.peek() === Tag.utcTime || tbs.peek() === Tag.generalizedTime;
  const nextUpdate = timed ? readTime(tbs, "nextUpdate") : undefined;
  let count = 0;
  if (tbs.peek() === Tag.sequence) {
    const list = tbs.sequence("revokedCertificates");
    while (!list.done) {
      const item = list.inside(list.next(Tag.sequence, "entry"));
      item.integerBytes("userCertificate");
      readTime(item, "revocationDate");
      item.optional(Tag.sequence);
      item.finish("the entry");
      count++;
    }
  }
  let extensions: readonly Extension[] = [];
  if (tbs.peek() === contextConstructed(0)) {
    const explicit = tbs.enter(contextConstructed(0), "crlExtensions");
    extensions = readExtensionList(explicit.sequence("the list"));
    explicit.finish("crlExtensions");
  }
  tbs.finish("tbsCertList");
  return {
    der,
    sha256: sha256Hex(der),
    version,
    issuer,
    signatureAlgorithm: SIGNATURE_NAMES[algorithm] ?? algorithm,
    thisUpdate,
    ...(nextUpdate === undefined ? {} : { nextUpdate }),
    count,
    extensions,
  };
}

function openList(der: Uint8Array, where: string): { tbs: DerReader; algorithm: string } {
  const file = new DerReader(der, where);
  const outer = file.inside(file.next(Tag.sequence, "the list"));
  file.finish("the list");
  const tbs = outer.sequence("tbsCertList");
  const algorithm = outer.sequence("signatureAlgorithm").oid("signatureAlgorithm");
  outer.bitString("signatureValue");
  outer.finish("the list");
  return { tbs, algorithm };
}

/**
 * What a CRL says of some certificates of one issuer. Entries for other issuers (indirect CRLs, §5.3.3) are
 * passed over.
 *
 * @param serials - as `Certificate.serial`: asked for each number of the list
 * @param sameIssuer - whether a name that an entry gives is that issuer's; without such entries not called
 */
export function revocations(
  crl: RevocationList,
  serials: Pick<ReadonlySet<string>, "has">,
  sameIssuer: (name: DistinguishedName) => boolean,
): readonly Revocation[] {
  const { tbs } = openList(crl.der, "CRL");
  tbs.optional(Tag.integer);
  tbs.next(Tag.sequence, "signature");
  tbs.next(Tag.sequence, "issuer");
  while (tbs.peek() === Tag.utcTime || tbs.peek() === Tag.generalizedTime) tbs.next();
  if (tbs.peek() !== Tag.sequence) return [];
  const list = tbs.sequence("revokedCertificates");
  const found: Revocation[] = [];
  let ours = true;
  while (!list.done) {
    const item = list.inside(list.next(Tag.sequence, "entry"));
    const serial = readSerial(item);
    const date = readTime(item, "revocationDate");
    const details = item.done ? undefined : readDetails(item);
    // The issuer of an entry holds for those after it, until another one is named (RFC 5280 §5.3.3).
    if (details?.issuer !== undefined) ours = sameIssuer(details.issuer);
    if (!ours || !serials.has(serial)) continue;
    found.push({ serial, date, reason: details?.reason ?? "unspecified" });
  }
  return found;
}

/** Details that cannot be read are as good as none: that the entry stands there is enough. */
function readDetails(entry: DerReader): Details {
  const details: Details = {};
  try {
    readInto(details, entry);
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
  }
  return details;
}

interface Details {
  reason?: string;
  issuer?: DistinguishedName;
}

function readInto(details: Details, entry: DerReader): void {
  for (const { oid, value } of readExtensionList(entry.sequence("crlEntryExtensions"))) {
    if (oid === REASON) {
      const reader = new DerReader(value, "reasonCode");
      const code = reader.content(reader.next(Tag.enumerated, "reasonCode"))[0] ?? 0;
      details.reason = REASONS[code] ?? `reason ${code}`;
    } else if (oid === CERTIFICATE_ISSUER) {
      const names = new DerReader(value, "certificateIssuer").sequence("names");
      if (names.peek() !== contextConstructed(4)) continue;
      details.issuer = readName(names.enter(contextConstructed(4), "name"), "directoryName");
    }
  }
}

/** Lower-case hex of the issuer's key identifier (RFC 5280 §5.2.1); undefined where it is not there or unreadable. */
export function crlAuthorityKeyId(crl: RevocationList): string | undefined {
  const value = crl.extensions.find(({ oid }) => oid === CRL_EXTENSION.authorityKeyId)?.value;
  if (value === undefined) return undefined;
  try {
    const names = new DerReader(value, "authorityKeyIdentifier").sequence("identifier");
    const id = names.optional(contextTag(0));
    return id === undefined ? undefined : toHex(names.content(id));
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

/** Whether `key` made the signature; false also for what is not verified here, as for certificates. */
export function crlSignedBy(crl: RevocationList, key: PublicKeyView): boolean {
  const signed = readSigned(crl.der, "CRL");
  const tbs = new DerReader(signed.body).sequence("tbsCertList");
  tbs.optional(Tag.integer);
  return equalBytes(tbs.nextRaw(Tag.sequence, "signature"), signed.algorithm)
    ? signedBy(signed, key)
    : false;
}
