import { PkiError } from "../model/error.ts";
import type { FormatId } from "../model/store.ts";
import type { Codec } from "./codec.ts";

export { nameOther } from "./other-formats.ts";
export { recognise, requireFormat } from "./recognise.ts";

/** A format and how to get its codec: loaded when asked for, so that a command pays for what it reads. */
export interface CodecSource {
  readonly format: FormatId;
  load(): Promise<Codec>;
}

/** Every codec. */
export const codecs: readonly CodecSource[] = [
  { format: "kdb", load: async () => (await import("./kdb/index.ts")).kdbCodec },
  { format: "jks", load: async () => (await import("./java/index.ts")).jksCodec },
  { format: "pkcs12", load: async () => (await import("./pkcs12/index.ts")).pkcs12Codec },
  { format: "pem", load: async () => (await import("./pem/index.ts")).pemCodec },
  { format: "der", load: async () => (await import("./pem/index.ts")).derCodec },
];

/**
 * The codec of a format.
 *
 * @throws PkiError `format-unsupported` for JCEKS, which is recognised and not read
 */
export async function codecFor(format: FormatId): Promise<Codec> {
  const source = codecs.find((codec) => codec.format === format);
  if (source === undefined) {
    throw new PkiError("format-unsupported", `${format.toUpperCase()} keystores are not read yet`, {
      hint: "convert it to PKCS#12 with keytool -importkeystore first",
    });
  }
  return await source.load();
}
