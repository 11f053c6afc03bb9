import type { Certificate } from "../model/certificate.ts";
import { printGeneralName, subjectAltNames } from "../x509/extensions.ts";
import { printName } from "../x509/name.ts";
import { isoTime } from "./json.ts";

/** A certificate as it stands in every JSON output. Schema: docs/schemas/list.schema.json. */
export function certificateJson(certificate: Certificate): Readonly<Record<string, unknown>> {
  const { publicKey } = certificate;
  return {
    subject: printName(certificate.subject),
    issuer: printName(certificate.issuer),
    serial: certificate.serial,
    notBefore: isoTime(certificate.notBefore),
    notAfter: isoTime(certificate.notAfter),
    sha256: certificate.sha256,
    signatureAlgorithm: certificate.signatureAlgorithm,
    publicKey: {
      algorithm: publicKey.algorithm,
      bits: publicKey.bits,
      ...(publicKey.curve === undefined ? {} : { curve: publicKey.curve }),
    },
    subjectAltNames: altNames(certificate),
  };
}

/** A certificate is listed even where its extension cannot be read; `show` says what is wrong with it. */
function altNames(certificate: Certificate): readonly string[] {
  try {
    return subjectAltNames(certificate).map(printGeneralName);
  } catch {
    return [];
  }
}
