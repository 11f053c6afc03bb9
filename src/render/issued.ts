import { basename } from "node:path";
import type { InitCaResult } from "../app/ca/init-ca.ts";
import type { IssueResult } from "../app/ca/issue.ts";
import type { Certificate } from "../model/certificate.ts";
import { printGeneralName, subjectAltNames } from "../x509/extensions.ts";
import { printName } from "../x509/name.ts";
import { certificateJson } from "./certificate-json.ts";
import { safe, shellWord } from "./safe.ts";

/** Text of `pki issue`. */
export function issueText(result: IssueResult, dryRun: boolean): string {
  const { entry, path, title, made, ca, signers, files } = result;
  const [certificate] = entry.chain;
  const verb = dryRun ? "would put" : "put";
  const store = made ? `${safe(path)} (a new ${title} store)` : safe(path);
  const lines = [
    `${verb} "${safe(entry.label)}" into ${store}${result.isDefault ? ", as its default" : ""}`,
    ...certificateLines(certificate),
    `  signed by ${ca === undefined ? "itself" : `${safe(printName(certificate.issuer))} of ${safe(ca)}`}`,
  ];
  for (const { label, state, insteadOf } of signers) {
    const other = insteadOf === undefined ? "" : `; "${safe(insteadOf)}" is another certificate`;
    lines.push(
      state === "added"
        ? `  with signer "${safe(label)}"${other}`
        : `  its signer was there as "${safe(label)}"${state === "switched-off" ? ", switched off" : ""}`,
    );
  }
  for (const file of files.filter((one) => one !== path)) lines.push(`  beside it ${safe(file)}`);
  return `${lines.join("\n")}\n`;
}

function certificateLines(certificate: Certificate): readonly string[] {
  const names = subjectAltNames(certificate).map(printGeneralName);
  return [
    `  ${safe(printName(certificate.subject))}`,
    ...(names.length === 0 ? [] : [`  for ${safe(names.join(", "))}`]),
    `  ${keyText(certificate)}, valid until ${certificate.notAfter.toISOString().slice(0, 10)}`,
    `  serial ${certificate.serial}`,
  ];
}

function keyText({ publicKey }: Certificate): string {
  const { algorithm, bits, curve } = publicKey;
  if (curve !== undefined) return `${algorithm} ${curve}`;
  return algorithm === "RSA" ? `RSA ${bits}` : algorithm;
}

export function issueJson(result: IssueResult): Readonly<Record<string, unknown>> {
  const { entry, path, made, profile, isDefault, signers, ca, files } = result;
  return {
    path,
    made,
    label: entry.label,
    profile,
    default: isDefault,
    ca: ca ?? null,
    chain: entry.chain.map(certificateJson),
    signers: signers.map(({ label, state, certificate }) => ({
      label,
      state,
      sha256: certificate.sha256,
    })),
    files,
  };
}

/** Text of `pki init-ca`. */
export function initCaText(result: InitCaResult, dryRun: boolean): string {
  const { certificate, directory, ca, files } = result;
  const kind = ca === undefined ? "root CA" : "CA";
  const lines = [
    `${dryRun ? "would make" : "made"} a ${kind} in ${safe(directory)}`,
    ...certificateLines(certificate),
    `  SHA-256 ${fingerprint(certificate.sha256)}`,
    ...(ca === undefined
      ? []
      : [`  signed by ${safe(printName(certificate.issuer))} of ${safe(ca)}`]),
    `  ${files.map((file) => safe(basename(file))).join(", ")}`,
  ];
  const option = directory === "ca" ? "" : ` --ca ${shellWord(directory)}`;
  if (!dryRun) lines.push(`next: pki issue server server.p12${option} --san DNS:localhost`);
  return `${lines.join("\n")}\n`;
}

function fingerprint(sha256: string): string {
  return (sha256.match(/../g) ?? []).join(":").toUpperCase();
}

export function initCaJson(result: InitCaResult): Readonly<Record<string, unknown>> {
  const { certificate, directory, ca, files } = result;
  return { directory, ca: ca ?? null, certificate: certificateJson(certificate), files };
}
