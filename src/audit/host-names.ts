import type { CertificateView } from "./certificate-view.ts";

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Could be the DNS name of a host: letters, digits and hyphens, at least one dot, no IP address. */
export function isHostName(text: string): boolean {
  if (text.length > 253 || isIpAddress(text)) return false;
  const labels = text.replace(/\.$/, "").split(".");
  return (
    labels.length > 1 && labels.every((label, i) => LABEL.test(label) || (i === 0 && label === "*"))
  );
}

export function isIpAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || /^\[?[0-9a-f]*:[0-9a-f:.]+\]?$/i.test(text);
}

/** RFC 9525 §6.3: `*` stands for one whole leftmost label. Letters without case. */
export function covers(pattern: string, host: string): boolean {
  const a = pattern.toLowerCase().replace(/\.$/, "");
  const b = host.toLowerCase().replace(/\.$/, "");
  if (a === b) return true;
  return a.startsWith("*.") && b.includes(".") && a.slice(1) === b.slice(b.indexOf("."));
}

/** The DNS names and addresses that a certificate is for: alternative names, and only without such its common name. */
export function hostsOf(view: CertificateView): readonly string[] {
  const names = view.subjectAltNames
    .filter(({ kind }) => kind === "DNS" || kind === "IP")
    .map(({ value }) => value);
  if (names.length > 0) return names;
  return view.commonName === undefined ? [] : [view.commonName];
}
