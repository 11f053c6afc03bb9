import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import type { SignatureScheme } from "../../src/x509/build/signature.ts";

type NamePart = readonly [type: string, string: "utf8" | "printable", value: string];

/** A certificate described without our encoders, for pkijs and asn1js to encode. */
export interface Described {
  readonly serial: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly issuer: readonly NamePart[];
  readonly subject: readonly NamePart[];
  readonly spki: Uint8Array;
  readonly scheme: SignatureScheme;
  readonly ca?: { readonly pathLength: number };
  /** With the names of `certificate.test.ts`. */
  readonly leaf?: {
    readonly profile: "server" | "client" | "peer";
    readonly issuerKey: Uint8Array;
    readonly rsa: boolean;
  };
}

const buffer = (bytes: Uint8Array) => Uint8Array.from(bytes).buffer;

/** pkijs 4.0.0 puts every attribute it is given into one RDN, so asn1js builds the name. */
function name(parts: readonly NamePart[]): pkijs.RelativeDistinguishedNames {
  const rdns = parts.map(([type, string, value]) => {
    const text =
      string === "utf8" ? new asn1js.Utf8String({ value }) : new asn1js.PrintableString({ value });
    const oid = new asn1js.ObjectIdentifier({ value: type });
    return new asn1js.Set({ value: [new asn1js.Sequence({ value: [oid, text] })] });
  });
  const sequence = new asn1js.Sequence({ value: rdns });
  return pkijs.RelativeDistinguishedNames.fromBER(sequence.toBER());
}

function extension(extnID: string, critical: boolean, value: asn1js.BaseBlock): pkijs.Extension {
  return new pkijs.Extension({ extnID, critical, extnValue: value.toBER() });
}

function bits(byte: number, unused: number): asn1js.BitString {
  return new asn1js.BitString({ valueHex: buffer(Uint8Array.of(byte)), unusedBits: unused });
}

const USAGES = {
  server: ["1.3.6.1.5.5.7.3.1"],
  client: ["1.3.6.1.5.5.7.3.2"],
  peer: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
} as const;

/** TBSCertificate as pkijs encodes it. */
export async function pkijsTbs(described: Described): Promise<Uint8Array> {
  const { scheme, ca, leaf } = described;
  const certificate = new pkijs.Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1js.Integer({ valueHex: buffer(described.serial) });
  certificate.signature = new pkijs.AlgorithmIdentifier({
    algorithmId: scheme.oid,
    ...(scheme.kind === "RSA" ? { algorithmParams: new asn1js.Null() } : {}),
  });
  certificate.issuer = name(described.issuer);
  certificate.subject = name(described.subject);
  const time = (value: Date) =>
    new pkijs.Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });
  certificate.notBefore = time(described.notBefore);
  certificate.notAfter = time(described.notAfter);
  certificate.subjectPublicKeyInfo = pkijs.PublicKeyInfo.fromBER(buffer(described.spki));
  const identifier = new asn1js.OctetString({
    valueHex: await crypto.subtle.digest(
      "SHA-1",
      Uint8Array.from(certificate.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView),
    ),
  });
  const constraints = new pkijs.BasicConstraints(
    ca === undefined ? { cA: false } : { cA: true, pathLenConstraint: ca.pathLength },
  );
  certificate.extensions = [
    extension("2.5.29.19", true, constraints.toSchema()),
    extension("2.5.29.15", true, ca ? bits(0x06, 1) : leaf?.rsa ? bits(0xa0, 5) : bits(0x80, 7)),
  ];
  if (leaf !== undefined) {
    const usages = new pkijs.ExtKeyUsage({ keyPurposes: [...USAGES[leaf.profile]] });
    certificate.extensions.push(extension("2.5.29.37", false, usages.toSchema()));
  }
  certificate.extensions.push(extension("2.5.29.14", false, identifier));
  const authority = new pkijs.AuthorityKeyIdentifier({
    keyIdentifier:
      leaf === undefined
        ? identifier
        : new asn1js.OctetString({ valueHex: buffer(leaf.issuerKey) }),
  });
  certificate.extensions.push(extension("2.5.29.35", false, authority.toSchema()));
  if (leaf !== undefined) {
    const octets = (...all: number[]) =>
      new asn1js.OctetString({ valueHex: buffer(Uint8Array.from(all)) });
    const names = new pkijs.GeneralNames({
      names: [
        new pkijs.GeneralName({ type: 2, value: "mq.example.com" }),
        new pkijs.GeneralName({ type: 2, value: "*.example.com" }),
        new pkijs.GeneralName({ type: 7, value: octets(192, 0, 2, 7) }),
        new pkijs.GeneralName({
          type: 7,
          value: octets(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
        }),
        new pkijs.GeneralName({ type: 1, value: "ops@example.com" }),
        new pkijs.GeneralName({ type: 6, value: "urn:example:a,b" }),
      ],
    });
    certificate.extensions.push(extension("2.5.29.17", false, names.toSchema()));
  }
  // `encodeTBS` is protected in the types alone.
  const open = certificate as unknown as { encodeTBS(): asn1js.Sequence };
  return new Uint8Array(open.encodeTBS().toBER());
}
