import { PkiError } from "../../model/error.ts";
import type { Codec, Container, KeyMaterial, NewContainer, Passwords } from "../codec.ts";
import { isJks } from "../recognise.ts";
import { sameLabel, storedLabel } from "./label.ts";
import { JKS_SCHEME, unprotect } from "./protect.ts";
import { answersJks, readJks } from "./read.ts";
import { writeJks } from "./write.ts";

/** Java keystores, JKS version 1 and 2. Format: docs/formats/java.md. */
export const jksCodec: Codec = {
  format: "jks",
  title: "JKS",
  extensions: [".jks", ".keystore", ".ks"],
  holds: ["key", "trusted"],
  protections: [
    {
      id: "sun-jks",
      weak: true,
      readBy: "every Java; keys and integrity rest on one round of SHA-1",
    },
  ],
  listsWithoutPassword: true,
  sniff: isJks,
  sameLabel,
  storedLabel,
  read: async (bytes, passwords, options) => readJks(bytes, passwords, options?.certificates),
  answers: answersJks,
  write: async (store, container, passwords, random) =>
    writeJks(store, container, passwords, random),
  create,
  unseal: async (key, passwords) => unseal(key, passwords),
};

function create(options: NewContainer): Container {
  const version = options.version ?? "2";
  if (version !== "1" && version !== "2") {
    throw new PkiError("format-unsupported", "a JKS has version 1 or 2");
  }
  if (options.protection !== undefined && options.protection !== "sun-jks") {
    throw new PkiError("format-cannot-hold", "a JKS has one protection, sun-jks", {
      hint: "choose PKCS#12 for a stronger one",
    });
  }
  if (options.passwordExpires !== undefined) {
    throw new PkiError("format-cannot-hold", "a JKS password has no expiry date");
  }
  return { format: "jks", version, protection: "sun-jks", integrity: "verified" };
}

function unseal(key: KeyMaterial, passwords: Passwords) {
  if (key.state === "open") return key.pkcs8.copy();
  if (key.scheme !== JKS_SCHEME) {
    throw new PkiError("format-unsupported", "the key is sealed in another format's way");
  }
  const password = passwords.key ?? passwords.store;
  if (password === undefined) {
    throw new PkiError("password-missing", "the key does not open without a password");
  }
  return unprotect(key.blob, password);
}
