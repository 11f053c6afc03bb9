import { berToDer } from "../../bytes/ber.ts";
import type { DerReader } from "../../bytes/der-reader.ts";
import { contextConstructed, Tag } from "../../bytes/der-tag.ts";
import { der } from "../../bytes/der-writer.ts";
import type { Certificate } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import { Secret } from "../../model/secret.ts";
import { parseCertificate } from "../../x509/parse.ts";
import { type Attributes, NO_ATTRIBUTES, readAttributes } from "./attribute.ts";
import { Oid } from "./oid.ts";

interface Attributed {
  readonly attributes: Attributes;
}

/** A private key in clear (RFC 7292 §4.2.1): whatever protects it is around its contents. */
export interface PlainKeyBag extends Attributed {
  readonly kind: "plain-key";
  readonly pkcs8: Secret;
}

/** A private key as EncryptedPrivateKeyInfo (§4.2.2). */
export interface SealedKeyBag extends Attributed {
  readonly kind: "sealed-key";
  readonly blob: Uint8Array;
}

export interface CertificateBag extends Attributed {
  readonly kind: "certificate";
  readonly certificate: Certificate;
}

/** A secret (§4.2.5). `blob` is set for the form that Java writes: an EncryptedPrivateKeyInfo. */
export interface SecretBag extends Attributed {
  readonly kind: "secret";
  readonly type: string;
  readonly value: Uint8Array;
  readonly blob?: Uint8Array;
}

/** Bags inside a bag (§4.2.6). */
export interface NestedBag extends Attributed {
  readonly kind: "nested";
  readonly bags: readonly Bag[];
}

/** A CRL, an SDSI certificate or what nobody has defined yet: carried. `value` is its whole TLV. */
export interface OtherBag extends Attributed {
  readonly kind: "other";
  readonly type: string;
  readonly value: Uint8Array;
}

export type Bag = PlainKeyBag | SealedKeyBag | CertificateBag | SecretBag | NestedBag | OtherBag;

/** OpenSSL #28615: nested bags were a way to exhaust the stack. */
const MAX_NESTING = 8;
const MAX_BAGS = 100_000;

/** Counts the bags of a file. */
export interface BagCount {
  count: number;
}

/**
 * Reads SafeContents (RFC 7292 §4.2), BER or DER.
 *
 * @throws PkiError `format-malformed` with `where` such as `authSafe/0/bags/3`; `limit-exceeded`
 */
export function readBags(outer: DerReader, content: Uint8Array, counter: BagCount): readonly Bag[] {
  const whole = outer.nested(berToDer(content, outer.where), "bags");
  const sequence = whole.sequence("");
  whole.finish("the safe's contents");
  return readBagList(sequence, counter, 0);
}

function readBagList(sequence: DerReader, counter: BagCount, nesting: number): readonly Bag[] {
  const bags: Bag[] = [];
  while (!sequence.done) {
    if (++counter.count > MAX_BAGS) {
      throw new PkiError("limit-exceeded", `more than ${MAX_BAGS} bags`, { where: sequence.where });
    }
    bags.push(readBag(sequence.enter(Tag.sequence, `${bags.length}`), counter, nesting));
  }
  return bags;
}

function readBag(reader: DerReader, counter: BagCount, nesting: number): Bag {
  const type = reader.oid("bag type");
  const value = reader.enter(contextConstructed(0), "");
  const attributes =
    reader.peek() === Tag.set ? readAttributes(reader.set("attributes")) : NO_ATTRIBUTES;
  reader.finish("the bag");
  const whole = reader.bytes.subarray(value.offset, value.end);
  switch (type) {
    case Oid.keyBag:
      return { kind: "plain-key", attributes, pkcs8: new Secret(takeSequence(value).slice()) };
    case Oid.sealedKeyBag:
      return { kind: "sealed-key", attributes, blob: takeSequence(value) };
    case Oid.certificateBag:
      return readCertificateBag(value, attributes, whole);
    case Oid.secretBag:
      return readSecretBag(value, attributes, whole);
    case Oid.nestedBag: {
      if (nesting === MAX_NESTING) {
        throw new PkiError("limit-exceeded", `bags nested deeper than ${MAX_NESTING}`, {
          where: value.where,
        });
      }
      const list = value.sequence("bags");
      value.finish("the bag");
      return { kind: "nested", attributes, bags: readBagList(list, counter, nesting + 1) };
    }
    default:
      value.next(undefined, "bag value");
      value.finish("the bag");
      return { kind: "other", type, attributes, value: whole };
  }
}

function takeSequence(value: DerReader): Uint8Array {
  const whole = value.nextRaw(Tag.sequence, "key");
  value.finish("the bag");
  return whole;
}

function readCertificateBag(value: DerReader, attributes: Attributes, whole: Uint8Array): Bag {
  const bag = value.sequence("certificate");
  value.finish("the bag");
  const type = bag.oid("certificate type");
  const content = bag.enter(contextConstructed(0), "");
  bag.finish("the certificate bag");
  if (type !== Oid.x509Certificate) {
    return { kind: "other", type: Oid.certificateBag, attributes, value: whole };
  }
  const bytes = content.octetString("certificate");
  content.finish("the certificate bag");
  return { kind: "certificate", attributes, certificate: parseCertificate(bytes, bag.where) };
}

function readSecretBag(value: DerReader, attributes: Attributes, whole: Uint8Array): Bag {
  if (value.peek() !== Tag.sequence) {
    // Not RFC 7292's shape, but written: carried under the bag's own type.
    value.next(undefined, "secret");
    value.finish("the bag");
    return { kind: "secret", type: Oid.secretBag, attributes, value: whole };
  }
  const bag = value.sequence("secret");
  value.finish("the bag");
  const type = bag.oid("secret type");
  const content = bag.enter(contextConstructed(0), "");
  bag.finish("the secret bag");
  const found = { kind: "secret", type, attributes, value: whole } as const;
  if (type !== Oid.sealedKeyBag) return found;
  // Java puts the EncryptedPrivateKeyInfo into an OCTET STRING; RFC 7292 would have it bare.
  const blob =
    content.peek() === Tag.octetString
      ? content.octetString("secret key")
      : content.nextRaw(Tag.sequence, "secret key");
  content.finish("the secret bag");
  return { ...found, blob };
}

/** SafeContents as DER. A plain key in it is copied: wipe the result after use. */
export function encodeBags(bags: readonly Bag[]): Uint8Array {
  return der.sequence(...bags.map(encodeBag));
}

function encodeBag(bag: Bag): Uint8Array {
  const attributes =
    bag.attributes.content.length === 0 ? [] : [der.tlv(Tag.set, bag.attributes.content)];
  const whole = (type: string, value: Uint8Array): Uint8Array =>
    der.sequence(der.oid(type), der.explicit(0, value), ...attributes);
  switch (bag.kind) {
    case "plain-key":
      return bag.pkcs8.use((pkcs8) => whole(Oid.keyBag, pkcs8));
    case "sealed-key":
      return whole(Oid.sealedKeyBag, bag.blob);
    case "certificate":
      return whole(
        Oid.certificateBag,
        der.sequence(
          der.oid(Oid.x509Certificate),
          der.explicit(0, der.octetString(bag.certificate.der)),
        ),
      );
    case "secret":
      return whole(Oid.secretBag, bag.value);
    case "nested":
      return whole(Oid.nestedBag, encodeBags(bag.bags));
    case "other":
      return whole(bag.type, bag.value);
  }
}

/** A secret key in the form that Java reads. */
export function javaSecretBag(blob: Uint8Array, attributes: Attributes): SecretBag {
  return {
    kind: "secret",
    type: Oid.sealedKeyBag,
    attributes,
    blob,
    value: der.sequence(der.oid(Oid.sealedKeyBag), der.explicit(0, der.octetString(blob))),
  };
}

/** Every bag of a list, those inside nested ones too, in file order. */
export function* allBags(bags: readonly Bag[]): Generator<Bag> {
  for (const bag of bags) {
    if (bag.kind === "nested") yield* allBags(bag.bags);
    else yield bag;
  }
}
