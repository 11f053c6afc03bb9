import type { ShowResult } from "../app/show.ts";
import { DerReader } from "../bytes/der-reader.ts";
import { Tag } from "../bytes/der-tag.ts";
import type { Certificate } from "../model/certificate.ts";
import type { Entry } from "../model/store.ts";
import { printName } from "../x509/name.ts";
import { readName } from "../x509/parse.ts";
import { describeCertificate, printCertificate, printTime } from "../x509/print.ts";
import { certificateJson } from "./certificate-json.ts";
import { chainOf, storeHeading, until } from "./list.ts";
import { entryJson, storeJson } from "./list-json.ts";
import { safe } from "./safe.ts";

/** JSON of `pki show`: the store as in `list`, its certificates with all their extensions. */
export function showJson({ opened, entries }: ShowResult): Readonly<Record<string, unknown>> {
  return {
    store: {
      ...storeJson(opened),
      entries: entries.map((entry) => ({
        ...entryJson(entry, opened.store.defaultLabel),
        ...(entry.kind === "request" ? { subject: requestSubject(entry.pkcs10) ?? null } : {}),
        chain: chainOf(entry).map(fullJson),
      })),
    },
  };
}

function fullJson(certificate: Certificate): Readonly<Record<string, unknown>> {
  const { version, sha1, extensions } = describeCertificate(certificate);
  return {
    ...certificateJson(certificate),
    version,
    sha1: sha1.replaceAll(":", "").toLowerCase(),
    extensions: extensions.map(({ oid, name, critical, readable, values }) => ({
      oid,
      name,
      critical,
      readable,
      values,
    })),
  };
}

/** Entries in full, one paragraph each. */
export function showText({ opened, entries }: ShowResult, now: Date): string {
  const all = entries.map((entry) => entryText(entry, opened.store.defaultLabel, now));
  return [storeHeading(opened, now), ...all].join("\n");
}

function entryText(entry: Entry, defaultLabel: string | undefined, now: Date): string {
  const mark = entry.kind === "key" && entry.label === defaultLabel ? " (default)" : "";
  const lines = [`Label:   ${entry.label}${mark}`, `Kind:    ${kindText(entry)}`];
  if (entry.created !== undefined) lines.push(`Created: ${printTime(entry.created)}`);
  if (entry.kind === "request") {
    lines.push(`Subject: ${requestSubject(entry.pkcs10) ?? "cannot be read"}`);
  }
  const chain = chainOf(entry);
  for (const [i, certificate] of chain.entries()) {
    const count = chain.length === 1 ? "" : ` ${i + 1} of ${chain.length}`;
    lines.push(`Certificate${count}: valid until ${until(certificate, now)}`);
    lines.push(...printCertificate(certificate).map((line) => `    ${line}`));
  }
  return `${lines.map(safe).join("\n")}\n`;
}

function kindText(entry: Entry): string {
  switch (entry.kind) {
    case "key":
      return "key: a private key with its certificate";
    case "trusted":
      return entry.enabled
        ? "trusted: a signer"
        : "untrusted: a signer whose trust is switched off";
    case "request":
      return "request: a private key that waits for its certificate";
    case "secret":
      return `secret: a ${entry.algorithm} key`;
  }
}

/** The subject of a PKCS#10 request (RFC 2986 §4.1); undefined where it cannot be read. */
function requestSubject(pkcs10: Uint8Array): string | undefined {
  try {
    const info = new DerReader(pkcs10, "request").sequence("").sequence("info");
    info.next(Tag.integer, "version");
    return printName(readName(info, "subject"));
  } catch {
    return undefined;
  }
}
