import { webCrypto } from "../../crypto/engine.ts";
import type { Certificate } from "../../model/certificate.ts";
import type { Secret } from "../../model/secret.ts";
import { issuerKeyIdentifier } from "./extensions.ts";
import { signatureScheme } from "./signature.ts";

export interface CrlFields {
  readonly issuer: Certificate;
  /** CRLNumber (RFC 5280 §5.2.3); grows with every CRL of one issuer. */
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
}

const HASHES = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" } as const;

/**
 * An empty version 2 CRL (RFC 5280 §5) in DER, built and signed by pkijs over @peculiar/webcrypto.
 *
 * @param pkcs8 - the issuer's key
 * @param random - for the engine
 */
export async function buildEmptyCrl(
  fields: CrlFields,
  pkcs8: Secret,
  random: (count: number) => Uint8Array,
): Promise<Uint8Array> {
  const [pkijs, asn1js, crypto] = await Promise.all([
    import("pkijs"),
    import("asn1js"),
    webCrypto(random),
  ]);
  const { issuer, number } = fields;
  const scheme = signatureScheme(issuer.publicKey);
  const hash = HASHES[scheme.hash ?? "sha256"];
  /** pkijs leaves out the NULL that RFC 4055 §5 asks of RSA, and knows no Ed25519. */
  class Engine extends pkijs.CryptoEngine {
    override async getSignatureParameters() {
      const signatureAlgorithm = new pkijs.AlgorithmIdentifier({
        algorithmId: scheme.oid,
        ...(scheme.kind === "RSA" ? { algorithmParams: new asn1js.Null() } : {}),
      });
      const algorithm = { name: ALGORITHMS[scheme.kind], hash: { name: hash } };
      return { signatureAlgorithm, parameters: { algorithm, usages: ["sign"] } };
    }
  }
  const engine = new Engine({ name: "pki", crypto });
  const authority = new pkijs.AuthorityKeyIdentifier({
    keyIdentifier: new asn1js.OctetString({ valueHex: buffer(issuerKeyIdentifier(issuer)) }),
  });
  const extension = (extnID: string, value: { toBER(): ArrayBuffer }) =>
    new pkijs.Extension({ extnID, critical: false, extnValue: value.toBER() });
  const crl = new pkijs.CertificateRevocationList({
    version: 1,
    issuer: pkijs.RelativeDistinguishedNames.fromBER(buffer(issuer.subject.der)),
    thisUpdate: time(pkijs, fields.thisUpdate),
    nextUpdate: time(pkijs, fields.nextUpdate),
    crlExtensions: new pkijs.Extensions({
      extensions: [
        extension("2.5.29.35", authority.toSchema()),
        extension("2.5.29.20", new asn1js.Integer({ value: number })),
      ],
    }),
  });
  const algorithm = {
    name: ALGORITHMS[scheme.kind],
    hash,
    ...(scheme.curve === undefined ? {} : { namedCurve: scheme.curve }),
  };
  const key = await pkcs8.use((bytes) =>
    crypto.subtle.importKey("pkcs8", buffer(bytes), algorithm, false, ["sign"]),
  );
  await crl.sign(key, hash, engine);
  return new Uint8Array(crl.toSchema().toBER());
}

const ALGORITHMS = { RSA: "RSASSA-PKCS1-v1_5", EC: "ECDSA", Ed25519: "Ed25519" } as const;

/** RFC 5280 §5.1.2.4: UTCTime until 2049, then GeneralizedTime. */
function time(pkijs: typeof import("pkijs"), value: Date) {
  const type = value.getUTCFullYear() < 2050 ? 0 : 1;
  return new pkijs.Time({ type, value });
}

/** Exactly these octets in a buffer of their own: the libraries take whole ArrayBuffers. */
function buffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
