import { equalBytes } from "../bytes/octets.ts";
import type { Certificate, Extension } from "../model/certificate.ts";
import {
  type AccessDescription,
  type AuthorityKeyIdentifier,
  type BasicConstraints,
  type CertificatePolicy,
  ExtensionOid,
  findExtension,
  type GeneralName,
  type KeyUsage,
  MALFORMED,
  type NameConstraints,
  printPurpose,
} from "../x509/extensions.ts";
import { commonName, nameKey, nameMark, printName } from "../x509/name.ts";
import { NO_MARK } from "../x509/name-mark.ts";
import type { KeyView } from "./key-view.ts";
import { type RawFields, rawFields } from "./raw-certificate.ts";
import { traitsOf } from "./traits.ts";
import { ViewMemo } from "./view-memo.ts";

/** Not looked at yet; undefined is an answer. */
const UNREAD: unique symbol = Symbol("unread");
type Lazy<T> = T | typeof UNREAD;

/** The contents of a certificate's extensions, in their order; the first one counts where one stands twice. */
interface Contents {
  readonly list: readonly unknown[];
  readonly malformed: readonly string[];
}

const NOTHING: readonly never[] = [];
const NO_CONTENTS: Contents = { list: NOTHING, malformed: NOTHING };

/**
 * A certificate as rules look at it: each part is read when first asked for and kept.
 *
 * A part that cannot be read counts as absent; `malformed` names such extensions, for the rule about them.
 */
export class CertificateView {
  readonly certificate: Certificate;
  readonly #memo: ViewMemo;
  #subject: string | undefined;
  #issuer: string | undefined;
  #commonName: Lazy<string | undefined> = UNREAD;
  #subjectKey: string | undefined;
  #issuerKey: string | undefined;
  #selfIssued: boolean | undefined;
  #contents: Contents | undefined;
  #purposes: Lazy<readonly string[] | undefined> = UNREAD;
  #key: KeyView | undefined;
  #raw: RawFields | undefined;
  #traits: number | undefined;

  /** @param memo - what certificates have in common; of the whole audit */
  constructor(certificate: Certificate, memo = new ViewMemo()) {
    this.certificate = certificate;
    this.#memo = memo;
  }

  /** RFC 4514 text. */
  get subject(): string {
    this.#subject ??= printName(this.certificate.subject);
    return this.#subject;
  }

  get issuer(): string {
    this.#issuer ??= printName(this.certificate.issuer);
    return this.#issuer;
  }

  get commonName(): string | undefined {
    if (this.#commonName === UNREAD) this.#commonName = commonName(this.certificate.subject);
    return this.#commonName;
  }

  /** Subject and issuer are the same name; its signature is not checked here. */
  get selfIssued(): boolean {
    this.#selfIssued ??= maybeSame(this.certificate) && this.subjectKey === this.issuerKey;
    return this.#selfIssued;
  }

  /** Equal for names that are the same (RFC 5280 §7.1): for looking up, not for showing. */
  get subjectKey(): string {
    this.#subjectKey ??= nameKey(this.certificate.subject);
    return this.#subjectKey;
  }

  get issuerKey(): string {
    this.#issuerKey ??= equalBytes(this.certificate.subject.der, this.certificate.issuer.der)
      ? this.subjectKey
      : nameKey(this.certificate.issuer);
    return this.#issuerKey;
  }

  /** May sign certificates: CA:TRUE, or a self-issued version 1 certificate as CAs of the 1990s are. */
  get ca(): boolean {
    return this.basicConstraints?.ca ?? (this.certificate.version === 1 && this.selfIssued);
  }

  get basicConstraints(): BasicConstraints | undefined {
    return this.#content(ExtensionOid.basicConstraints) as BasicConstraints | undefined;
  }

  get keyUsage(): readonly KeyUsage[] | undefined {
    return this.#content(ExtensionOid.keyUsage) as readonly KeyUsage[] | undefined;
  }

  /** Names where they have one (`serverAuth`), else dotted OIDs; undefined where the extension is absent. */
  get extendedKeyUsage(): readonly string[] | undefined {
    if (this.#purposes === UNREAD) {
      const oids = this.#content(ExtensionOid.extendedKeyUsage) as readonly string[] | undefined;
      this.#purposes = oids?.map(printPurpose);
    }
    return this.#purposes;
  }

  get subjectAltNames(): readonly GeneralName[] {
    return this.#list(ExtensionOid.subjectAltName);
  }

  /** Lower-case hex. */
  get subjectKeyId(): string | undefined {
    return this.#content(ExtensionOid.subjectKeyIdentifier) as string | undefined;
  }

  get authorityKeyId(): string | undefined {
    const content = this.#content(ExtensionOid.authorityKeyIdentifier);
    return (content as AuthorityKeyIdentifier | undefined)?.keyIdentifier;
  }

  get crlDistributionPoints(): readonly GeneralName[] {
    return this.#list(ExtensionOid.crlDistributionPoints);
  }

  get authorityInfoAccess(): readonly AccessDescription[] {
    return this.#list(ExtensionOid.authorityInfoAccess);
  }

  get policies(): readonly CertificatePolicy[] {
    return this.#list(ExtensionOid.certificatePolicies);
  }

  get nameConstraints(): NameConstraints | undefined {
    return this.#content(ExtensionOid.nameConstraints) as NameConstraints | undefined;
  }

  /** OIDs of extensions that cannot be read or stand twice. */
  get malformed(): readonly string[] {
    return this.#read().malformed;
  }

  /** Its public key, which other certificates may have too. */
  get key(): KeyView {
    this.#key ??= this.#memo.key(this.certificate.publicKey);
    return this.#key;
  }

  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex: the same for every certificate of a key. */
  get keyHash(): string {
    return this.key.hash;
  }

  /** RSA modulus, unsigned big-endian without leading zeros; undefined for other keys. */
  get modulus(): Uint8Array | undefined {
    return this.key.modulus;
  }

  /** Its fields as they are encoded. */
  get raw(): RawFields {
    this.#raw ??= rawFields(this.certificate);
    return this.#raw;
  }

  /** What sets it apart: bits of `Trait`, without those of its use. */
  get traits(): number {
    this.#traits ??= traitsOf(this);
    return this.#traits;
  }

  /** What a rule finds out of its signature algorithm, which it shares with many others. */
  ofAlgorithm<T>(name: string, make: (algorithm: Uint8Array) => T): T {
    return this.#memo.ofAlgorithm(name, this.raw.outerAlgorithm, make);
  }

  extension(oid: string): Extension | undefined {
    return findExtension(this.certificate, oid);
  }

  #content(oid: string): unknown {
    const { list } = this.#read();
    const { extensions } = this.certificate;
    // There are about eight: a Map for each certificate would cost more than it saves.
    for (let i = 0; i < extensions.length; i++) if (extensions[i]?.oid === oid) return list[i];
    return undefined;
  }

  #list<T>(oid: string): readonly T[] {
    return (this.#content(oid) as readonly T[] | undefined) ?? NOTHING;
  }

  #read(): Contents {
    this.#contents ??= readContents(this.certificate.extensions, this.#memo);
    return this.#contents;
  }
}

/** All in one pass: nearly every one of them is asked for by some rule. */
function readContents(extensions: readonly Extension[], memo: ViewMemo): Contents {
  if (extensions.length === 0) return NO_CONTENTS;
  const list: unknown[] = [];
  let malformed: Set<string> | undefined;
  for (const extension of extensions) {
    const content = memo.content(extension);
    if (content === MALFORMED || firstOf(extensions, extension.oid) < list.length) {
      malformed ??= new Set();
      malformed.add(extension.oid);
    }
    list.push(content === MALFORMED ? undefined : content);
  }
  return { list, malformed: malformed === undefined ? NOTHING : [...malformed] };
}

function firstOf(extensions: readonly Extension[], oid: string): number {
  let at = 0;
  while (extensions[at]?.oid !== oid) at++;
  return at;
}

/** Cheap: most names differ in their marks. */
function maybeSame({ subject, issuer }: Certificate): boolean {
  if (subject === issuer) return true;
  if (subject.rdns.length !== issuer.rdns.length) return false;
  const [own, other] = [nameMark(subject), nameMark(issuer)];
  return own === other || own === NO_MARK || other === NO_MARK;
}
