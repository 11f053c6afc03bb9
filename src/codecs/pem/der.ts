import { DerReader } from "../../bytes/der-reader.ts";
import { contextConstructed, Tag } from "../../bytes/der-tag.ts";
import { PkiError } from "../../model/error.ts";
import { Secret } from "../../model/secret.ts";
import { parseCertificate } from "../../x509/parse.ts";
import type { Container, Passwords, Random, Store } from "../codec.ts";
import { type Block, blocksOf, layoutOf, rawOf, readRequest, sameMaterial } from "./blocks.ts";
import { ABSENT_SCHEME, PKCS8_SCHEME, readDerKey, sealPkcs8 } from "./private-key.ts";

/**
 * Reads a file that is one certificate, request or private key in DER.
 *
 * @throws PkiError `format-malformed`; bytes behind the end are refused
 */
export function readDerBlock(bytes: Uint8Array): Block {
  const common = { kind: "block", index: 0, lead: new Uint8Array(0), attributes: {} } as const;
  switch (shapeOf(bytes)) {
    case "certificate":
      return { ...common, role: "certificate", certificate: parseCertificate(bytes), raw: bytes };
    case "request":
      return { ...common, role: "request", pkcs10: readRequest(bytes, "request"), raw: bytes };
    case "other": {
      const key = readDerKey(bytes, "key");
      if (key === undefined) {
        throw new PkiError(
          "format-malformed",
          "the file is no certificate, request or private key",
        );
      }
      const raw = key.state === "open" ? new Secret(bytes.slice()) : bytes;
      return { ...common, role: "key", key, raw };
    }
  }
}

/** SEQUENCE { SEQUENCE, SEQUENCE, BIT STRING } is signed; a request's body has no fourth sequence. */
function shapeOf(bytes: Uint8Array): "certificate" | "request" | "other" {
  const file = new DerReader(bytes, "file");
  const outer = file.inside(file.next(Tag.sequence, "the file"));
  if (outer.peek() !== Tag.sequence) return "other";
  const body = outer.sequence("body");
  if (outer.peek() !== Tag.sequence) return "other";
  if (body.optional(contextConstructed(0)) !== undefined) return "certificate";
  if (body.optional(Tag.integer) === undefined) return "certificate";
  body.next(Tag.sequence, "algorithm or subject");
  body.next(Tag.sequence, "issuer or key");
  return body.peek() === Tag.sequence ? "certificate" : "request";
}

/** @throws PkiError `format-cannot-hold` for anything but one certificate, request or private key */
export async function writeDerFile(
  store: Store,
  container: Container,
  passwords: Passwords,
  random: Random,
): Promise<Uint8Array> {
  const [entry] = store.entries;
  if (entry === undefined || store.entries.length > 1) {
    return refuse(`a DER file holds one certificate, not ${store.entries.length}`);
  }
  if (store.defaultLabel !== undefined) return refuse("a DER file has no default label");
  const layout = layoutOf(container);
  const own = blocksOf(entry).find((block) => layout.parts[block.index] === block);
  switch (entry.kind) {
    case "trusted":
      if (!entry.enabled) return refuse("a DER file cannot hold a signer that is not trusted");
      return entry.certificate.der.slice();
    case "request":
      if (entry.key.state !== "sealed" || entry.key.scheme !== ABSENT_SCHEME) break;
      return entry.pkcs10.slice();
    case "secret": {
      const { key } = entry;
      if (entry.algorithm !== "private-key") break;
      if (own?.role === "key" && sameMaterial(own.key, key)) return rawOf(own).slice();
      if (key.state === "sealed") {
        return key.scheme === PKCS8_SCHEME
          ? key.blob.slice()
          : refuse("the key cannot be sealed so");
      }
      if (container.protection === "none" && layout.plainKeys) {
        return key.pkcs8.use((pkcs8) => pkcs8.slice());
      }
      const password = passwords.key ?? passwords.store;
      if (password === undefined) {
        throw new PkiError("password-missing", "the private key is not written without a password");
      }
      return await sealPkcs8(key.pkcs8, password, random);
    }
    case "key":
  }
  return refuse("a DER file cannot hold a private key together with its certificate");
}

function refuse(message: string): never {
  throw new PkiError("format-cannot-hold", message, { hint: "use a PEM or PKCS#12 file" });
}
