import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { contextTag } from "../../bytes/der-tag.ts";
import { der } from "../../bytes/der-writer.ts";
import { PkiError } from "../../model/error.ts";

/** A subject alternative name that `pki` issues. `text` is what `printAltName` shows after the colon. */
export interface AltName {
  readonly kind: "DNS" | "IP" | "email" | "URI";
  readonly text: string;
}

const GRAMMAR =
  "DNS:host, IP:address, email:user@host or URI:scheme://…, or a bare host or address";

/**
 * Reads the values of `--san`: each is one name or several with commas between them. A name is
 * `DNS:host`, `IP:1.2.3.4`, `email:a@b`, `URI:…` (kinds in any case), or a bare host or address.
 * International host names become their ASCII form; a name given twice counts once.
 *
 * @throws PkiError `name-malformed`
 */
export function parseAltNames(texts: readonly string[], where = "--san"): readonly AltName[] {
  const names: AltName[] = [];
  for (const text of texts.flatMap(splitNames)) {
    const name = parseAltName(text, where);
    if (!names.some(({ kind, text: known }) => kind === name.kind && known === name.text)) {
      names.push(name);
    }
  }
  return names;
}

/** A URI may hold commas, so only what starts a new name splits it. */
function splitNames(value: string): string[] {
  return /^\s*uri:/i.test(value) ? value.split(/,(?=\s*(?:dns|ip|email|uri):)/i) : value.split(/,/);
}

function parseAltName(text: string, where: string): AltName {
  const trimmed = text.trim();
  const match = /^(dns|ip|email|uri):(.*)$/is.exec(trimmed);
  const kind = match?.[1]?.toLowerCase();
  const value = (match?.[2] ?? trimmed).trim();
  const name =
    kind === "dns"
      ? dnsName(value)
      : kind === "ip"
        ? ipName(value)
        : kind === "email"
          ? emailName(value)
          : kind === "uri"
            ? uriName(value)
            : (ipName(value) ?? dnsName(value));
  if (name !== undefined) return name;
  const what = kind === undefined ? "a subject alternative name" : KIND_TITLES[kind];
  throw new PkiError("name-malformed", `is not ${what}`, { where, hint: `give ${GRAMMAR}` });
}

const KIND_TITLES: Readonly<Record<string, string>> = {
  dns: "a DNS name",
  ip: "an IP address",
  email: "an e-mail address",
  uri: "an absolute URI",
};

function dnsName(value: string): AltName | undefined {
  const wildcard = value.startsWith("*.");
  const ascii = hostName(wildcard ? value.slice(2) : value);
  return ascii === undefined ? undefined : { kind: "DNS", text: wildcard ? `*.${ascii}` : ascii };
}

/**
 * A host name in its ASCII form, or undefined for what is none: labels of letters, digits, hyphens and
 * (as Windows and Docker have them) underscores, 63 octets a label, 253 in all.
 */
export function hostName(value: string): string | undefined {
  // A last label of digits alone would be read as an address by URL libraries.
  const plain = /^[\x21-\x7e]+$/.test(value);
  const ascii = plain ? value : domainToASCII(value);
  if (ascii === "" || ascii.length > 253 || isIP(ascii) !== 0) return undefined;
  const labels = ascii.split(".");
  const sound = labels.every((label) => /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/.test(label));
  return sound && !/^\d+$/.test(labels.at(-1) as string) ? ascii : undefined;
}

function ipName(value: string): AltName | undefined {
  return isIP(value) === 0 || value.includes("%") ? undefined : { kind: "IP", text: value };
}

function emailName(value: string): AltName | undefined {
  const match = /^([\x21-\x3f\x41-\x7e]{1,64})@([^@]+)$/.exec(value);
  const host = match === null ? undefined : hostName(match[2] as string);
  return host === undefined ? undefined : { kind: "email", text: `${match?.[1]}@${host}` };
}

function uriName(value: string): AltName | undefined {
  const sound = /^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+$/.test(value);
  return sound ? { kind: "URI", text: value } : undefined;
}

/** `DNS:host`, `IP:1.2.3.4` … */
export function printAltName(name: AltName): string {
  return `${name.kind}:${name.text}`;
}

const TAGS = { email: 1, DNS: 2, URI: 6, IP: 7 } as const;

/** One GeneralName in DER (RFC 5280 §4.2.1.6). */
export function encodeAltName(name: AltName): Uint8Array {
  const octets = name.kind === "IP" ? ipOctets(name.text) : new TextEncoder().encode(name.text);
  return der.tlv(contextTag(TAGS[name.kind]), octets);
}

/** 4 or 16 octets of an address that `isIP` accepts. */
export function ipOctets(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split("."), Number);
  // `::ffff:1.2.3.4`: the last 32 bits may be written as IPv4.
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const [a = 0, b = 0, c = 0, d = 0] = dotted?.[2]?.split(".").map(Number) ?? [];
  const plain =
    dotted === null
      ? address
      : `${dotted[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  const [head = "", tail] = plain.split("::", 2);
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const words = [...before, ...Array<string>(zeros).fill("0"), ...after];
  return Uint8Array.from(
    words.flatMap((word) => {
      const value = Number.parseInt(word, 16);
      return [value >> 8, value & 0xff];
    }),
  );
}
