import { readPem, writePem } from "../bytes/pem.ts";
import type { FileWrite } from "../io/host.ts";
import type { Certificate } from "../model/certificate.ts";
import { parseCertificate } from "../x509/parse.ts";

/** Certificates as a new file that everybody may read: PEM, as iKeyman's `.arm`. */
export function armourWrite(
  path: string,
  certificates: readonly Certificate[],
  summary: readonly string[],
  makeParents: boolean,
): FileWrite {
  const text = certificates.map(({ der }) => writePem("CERTIFICATE", der)).join("");
  return {
    path,
    bytes: new TextEncoder().encode(text),
    expect: { absent: true },
    private: false,
    makeParents,
    verify: async (bytes) => {
      for (const { der } of readPem(bytes)) parseCertificate(der);
    },
    summary,
  };
}
