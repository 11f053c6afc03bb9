import { modifiedUtf8, utf8 } from "../../bytes/text.ts";
import { ByteWriter } from "../../bytes/writer.ts";
import type { Certificate } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import type { Container, Entry, KeyMaterial, Store } from "../../model/store.ts";
import type { Passwords, Random } from "../codec.ts";
import { carriedEntries, foundEntry } from "./found.ts";
import { storedLabel } from "./label.ts";
import { MAGIC, MAX_CHAIN, TAG_KEY, TAG_TRUSTED, X509_TYPE } from "./layout.ts";
import { integrityValue, JKS_SCHEME, protect } from "./protect.ts";
import { created } from "./read.ts";

const MAX_LABEL_BYTES = 0xffff;

/**
 * Writes a Java keystore in the version of `container`. An untouched store gives its own bytes.
 *
 * Open keys are sealed with `passwords.key ?? passwords.store`; keys that the key protector sealed go out
 * as they are, under whatever password they had. A label that did not come from this file is written in
 * lower case, the only form that Java finds again.
 *
 * @throws PkiError `password-missing` without a store password; `format-cannot-hold` for requests, secret
 *   keys, disabled trust, a default label, a key sealed by another format, a label over 65,535 octets;
 *   `label-exists` for a new label that differs from another by case only, or not at all
 */
export function writeJks(
  store: Store,
  container: Container,
  passwords: Passwords,
  random: Random,
): Uint8Array {
  const { store: password } = passwords;
  if (password === undefined) {
    throw new PkiError("password-missing", "a JKS is not written without its password");
  }
  if (store.defaultLabel !== undefined) refuse("a JKS has no default label", store.defaultLabel);
  const carried = carriedEntries(container);
  refuseCollisions(
    store,
    carried.map((entry) => entry.label),
  );

  const chunks: Uint8Array[] = store.entries.map((entry) =>
    entryBytes(entry, container.version, passwords, random),
  );
  for (const { position, raw } of carried) chunks.splice(position, 0, raw);

  const out = new ByteWriter();
  out.u32(MAGIC).u32(container.version === "1" ? 1 : 2);
  out.u32(chunks.length);
  for (const chunk of chunks) out.put(chunk);
  return out.put(integrityValue(password, out.toBytes())).toBytes();
}

function refuse(message: string, label: string): never {
  throw new PkiError("format-cannot-hold", message, { where: label });
}

/** What came from the file together may stay together; what is new must be told apart by Java. */
function refuseCollisions(store: Store, carried: readonly string[]): void {
  const labels = new Map<string, { label: string; isNew: boolean }>();
  const take = (label: string, isNew: boolean): void => {
    const stored = storedLabel(label);
    const other = labels.get(stored);
    if (other !== undefined && (isNew || other.isNew)) {
      throw new PkiError(
        "label-exists",
        label === other.label
          ? "two entries have this label"
          : "a JKS cannot hold two labels that differ by case only",
        { where: label, hint: "choose another label" },
      );
    }
    labels.set(stored, { label, isNew });
  };
  for (const label of carried) take(label, false);
  for (const entry of store.entries) take(entry.label, foundEntry(entry)?.label !== entry.label);
}

function entryBytes(
  entry: Entry,
  version: string,
  passwords: Passwords,
  random: Random,
): Uint8Array {
  const { label } = entry;
  const out = new ByteWriter();
  const put = (tag: number): void => {
    const bytes = labelBytes(entry);
    out.u32(tag).u16(bytes.length).put(bytes);
    out.u64(BigInt.asUintN(64, dateOf(entry)));
  };
  switch (entry.kind) {
    case "key": {
      if (entry.chain.length > MAX_CHAIN) refuse(`a chain over ${MAX_CHAIN} certificates`, label);
      const key = keyBytes(entry.key, label, passwords, random);
      put(TAG_KEY);
      out.u32(key.length).put(key).u32(entry.chain.length);
      putCertificates(out, entry, entry.chain, version);
      return out.toBytes();
    }
    case "trusted":
      if (!entry.enabled) refuse("a JKS cannot switch a certificate's trust off", label);
      put(TAG_TRUSTED);
      putCertificates(out, entry, [entry.certificate], version);
      return out.toBytes();
    case "request":
      return refuse("a JKS cannot hold a certificate request", label);
    case "secret": {
      // One is written only as it was found: a private key that never had a certificate.
      if (foundEntry(entry) === undefined || entry.key.state === "open") {
        refuse("a JKS cannot hold a secret key", label);
      }
      const key = keyBytes(entry.key, label, passwords, random);
      put(TAG_KEY);
      out.u32(key.length).put(key).u32(0);
      return out.toBytes();
    }
  }
}

function labelBytes(entry: Entry): Uint8Array {
  const found = foundEntry(entry);
  if (found?.label === entry.label) return found.labelBytes;
  const bytes = modifiedUtf8.encode(storedLabel(entry.label));
  if (bytes.length > MAX_LABEL_BYTES) {
    throw new PkiError("format-cannot-hold", "a label over 65,535 bytes does not fit in a JKS");
  }
  return bytes;
}

/** The file's own number while it means the same as `created`. */
function dateOf(entry: Entry): bigint {
  const found = foundEntry(entry);
  const time = entry.created?.getTime();
  if (found !== undefined && created(found.date).created?.getTime() === time) return found.date;
  return time === undefined || Number.isNaN(time) ? 0n : BigInt(time);
}

function keyBytes(
  key: KeyMaterial,
  label: string,
  passwords: Passwords,
  random: Random,
): Uint8Array {
  if (key.state === "sealed") {
    if (key.scheme !== JKS_SCHEME) refuse("the key is sealed in another format's way", label);
    return key.blob;
  }
  const password = passwords.key ?? passwords.store;
  if (password === undefined) throw new PkiError("password-missing", "no password for the key");
  return protect(key.pkcs8, password, random);
}

function putCertificates(
  out: ByteWriter,
  entry: Entry,
  certificates: readonly Certificate[],
  version: string,
): void {
  const types = foundEntry(entry)?.types ?? [];
  certificates.forEach((certificate, i) => {
    if (version !== "1") {
      const type = utf8.encode(types.length === certificates.length ? (types[i] ?? "") : X509_TYPE);
      out.u16(type.length).put(type);
    }
    out.u32(certificate.der.length).put(certificate.der);
  });
}
