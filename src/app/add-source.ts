import type { Host } from "../io/host.ts";
import type { Certificate } from "../model/certificate.ts";
import { PkiError } from "../model/error.ts";
import type { Secret } from "../model/secret.ts";
import type { KeyEntry } from "../model/store.ts";
import { printName } from "../x509/name.ts";
import { type Opened, openStore } from "./open.ts";
import type { Notice } from "./outcome.ts";

/** A certificate to become a signer, and the label it asks for. */
export interface SignerSource {
  readonly certificate: Certificate;
  readonly label: string;
}

/** A private key with its certificate, to become a personal entry. */
export interface KeySource {
  readonly label: string;
  readonly chain: KeyEntry["chain"];
  readonly pkcs8: Secret;
}

export interface Source {
  readonly signers: readonly SignerSource[];
  readonly keys: readonly KeySource[];
  readonly notices: readonly Notice[];
}

export interface SourceOptions {
  /** Value of `--from-password`. */
  readonly password?: string;
  /** Take private keys, as personal entries. */
  readonly key: boolean;
}

/**
 * Reads what a file has to add: PEM or DER certificates, or those of another keystore.
 *
 * A keystore's trusted entries keep their labels; certificates of files are labelled with their subject,
 * as GSKit does. Without `key` a private key stays where it is, and its certificate and chain come as signers.
 *
 * @throws PkiError `certificate-invalid` for a file without any certificate; `key-mismatch`; what opening runs into
 */
export async function readSource(
  host: Host,
  path: string,
  options: SourceOptions,
): Promise<Source> {
  const opened = await openStore(host, path, {
    purpose: "list",
    passwordOption: "--from-password",
    ...(options.password === undefined ? {} : { password: options.password }),
  });
  const text = opened.codec.format === "pem" || opened.codec.format === "der";
  const signers: SignerSource[] = [];
  const keys: KeySource[] = [];
  const notices: Notice[] = [...opened.notices];
  const asSigner = (certificate: Certificate, label?: string) => {
    if (signers.some((other) => other.certificate.sha256 === certificate.sha256)) return;
    signers.push({ certificate, label: label ?? subjectLabel(certificate) });
  };
  for (const entry of opened.store.entries) {
    if (entry.kind === "trusted") asSigner(entry.certificate, text ? undefined : entry.label);
    if (entry.kind !== "key") continue;
    if (options.key) {
      const label = text ? subjectLabel(entry.chain[0]) : entry.label;
      keys.push({ label, chain: entry.chain, pkcs8: await openKey(opened, entry) });
    } else {
      for (const certificate of entry.chain) asSigner(certificate);
      const message = "its private key was left out; --key takes it along";
      notices.push({ level: "note", path, message });
    }
  }
  const strayKey = text && opened.store.entries.some((entry) => entry.kind === "secret");
  if (options.key && strayKey && signers.length + keys.length > 0) {
    throw new PkiError("key-mismatch", "a private key in it belongs to none of its certificates", {
      path,
      hint: "put the certificate that was issued for this key into the file",
    });
  }
  if (signers.length + keys.length === 0) {
    throw new PkiError("certificate-invalid", "holds no certificate", {
      path,
      hint: "name a file with a certificate: PEM, DER or a keystore",
    });
  }
  return { signers, keys, notices };
}

async function openKey(opened: Opened, entry: KeyEntry): Promise<Secret> {
  const { codec, passwords, path } = opened;
  try {
    const pkcs8 = await codec.unseal(entry.key, passwords);
    const { keyMatches } = await import("../x509/private-key.ts");
    if (pkcs8.use((bytes) => keyMatches(bytes, entry.chain[0]))) return pkcs8;
    pkcs8.dispose();
    throw new PkiError("key-mismatch", "the private key does not belong to its certificate", {
      where: JSON.stringify(entry.label),
      hint: "find the certificate that was issued for this key",
    });
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    if (error.code !== "password-missing") throw error.at({ path });
    throw error.at({ path, hint: "give its password with --from-password" });
  }
}

/** GSKit's default label: the subject, most specific part first. */
function subjectLabel(certificate: Certificate): string {
  const subject = printName(certificate.subject);
  return subject === "" ? certificate.sha256.slice(0, 16) : subject;
}
