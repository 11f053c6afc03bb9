import { KdfBudget, MAX_FILE_ITERATIONS } from "../../crypto/kdf.ts";
import { PkiError } from "../../model/error.ts";
import type { Secret } from "../../model/secret.ts";
import type {
  Codec,
  Container,
  KeyMaterial,
  NewContainer,
  Passwords,
  SharedWork,
} from "../codec.ts";
import { isPkcs12 } from "../recognise.ts";
import { CARRIED_SCHEME, PKCS12_SCHEME } from "./entries.ts";
import { newProtection, PROTECTIONS } from "./protection.ts";
import { openKey, readPkcs12 } from "./read.ts";

/** PKCS#12: `.p12` and `.pfx` files. Format: docs/formats/pkcs12.md. */
export const pkcs12Codec: Codec = {
  format: "pkcs12",
  title: "PKCS#12",
  extensions: [".p12", ".pfx", ".pkcs12"],
  holds: ["key", "trusted", "secret"],
  protections: PROTECTIONS,
  // Certificates may stand in clear, but nearly every writer encrypts them.
  listsWithoutPassword: false,
  sniff: isPkcs12,
  /** Java compares without case, and loses one of two labels that differ in nothing else. */
  sameLabel: (a, b) => a === b || a.toLowerCase() === b.toLowerCase(),
  storedLabel: (label) => label,
  read: readPkcs12,
  async write(store, container, passwords, random) {
    const { writePkcs12 } = await import("./write.ts");
    return await writePkcs12(store, container, passwords, random);
  },
  create,
  unseal,
};

function create(options: NewContainer): Container {
  if (options.version !== undefined && options.version !== "3") {
    throw new PkiError("format-unsupported", "PKCS#12 has version 3 only");
  }
  if (options.passwordExpires !== undefined) {
    throw new PkiError("format-cannot-hold", "a PKCS#12 password has no expiry date");
  }
  const { id, iterations } = newProtection(options.protection);
  return { format: "pkcs12", version: "3", protection: id, integrity: "verified", iterations };
}

async function unseal(
  key: KeyMaterial,
  passwords: Passwords,
  shared?: SharedWork,
): Promise<Secret> {
  if (key.state === "open") return key.pkcs8.copy();
  if (key.scheme === CARRIED_SCHEME) {
    throw new PkiError("format-unsupported", "this kind of secret is kept and cannot be opened");
  }
  if (key.scheme !== PKCS12_SCHEME) {
    throw new PkiError("format-unsupported", "the key is sealed in another format's way");
  }
  return await openKey(key.blob, passwords, new KdfBudget(MAX_FILE_ITERATIONS, shared?.chains));
}
