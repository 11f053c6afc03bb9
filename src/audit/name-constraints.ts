import type { NameConstraints } from "../x509/extensions.ts";
import type { CertificateView } from "./certificate-view.ts";

/**
 * The alternative names of kinds DNS, IP, email and URI that a CA's constraints do not let through
 * (RFC 5280 §4.2.1.10). Directory names and other kinds are not judged.
 */
export function violated(view: CertificateView, constraints: NameConstraints): readonly string[] {
  const wrong: string[] = [];
  for (const { kind, value } of view.subjectAltNames) {
    const match = MATCHES[kind];
    if (match === undefined) continue;
    const of = (list: NameConstraints["permitted"]) => list.filter((one) => one.kind === kind);
    const permitted = of(constraints.permitted);
    const refused =
      (permitted.length > 0 && !permitted.some((one) => match(value, one.value))) ||
      of(constraints.excluded).some((one) => match(value, one.value));
    if (refused) wrong.push(`${kind}:${value}`);
  }
  return wrong;
}

type Match = (value: string, constraint: string) => boolean;

/** Letters without case; a constraint of a DNS name takes the name and all below it. */
function inDomain(host: string, domain: string): boolean {
  const a = host.toLowerCase().replace(/\.$/, "");
  const b = domain.toLowerCase().replace(/^\./, "");
  return b === "" || a === b || a.endsWith(`.${b}`);
}

/** For mail and URIs a constraint without a leading dot is one host. */
function isHost(host: string, constraint: string): boolean {
  return constraint.startsWith(".")
    ? host.toLowerCase().endsWith(constraint.toLowerCase())
    : host.toLowerCase() === constraint.toLowerCase();
}

const MATCHES: Readonly<Record<string, Match>> = {
  DNS: inDomain,
  email: (value, constraint) =>
    constraint.includes("@")
      ? value.toLowerCase() === constraint.toLowerCase()
      : isHost(value.slice(value.lastIndexOf("@") + 1), constraint),
  URI: (value, constraint) => {
    const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]*)/i.exec(value)?.[1];
    return host !== undefined && isHost(host, constraint);
  },
  IP: (value, constraint) => {
    const [base = "", mask = ""] = constraint.split("/");
    const [a, b, m] = [octets(value), octets(base), octets(mask)];
    if (a === undefined || b === undefined || m === undefined || a.length !== b.length)
      return false;
    return a.every((octet, i) => (octet & (m[i] ?? 0)) === ((b[i] ?? 0) & (m[i] ?? 0)));
  },
};

/** The octets of an address as `printAddress` writes it. */
function octets(text: string): readonly number[] | undefined {
  if (/^\d+(\.\d+){3}$/.test(text)) return text.split(".").map(Number);
  if (!text.includes(":")) return undefined;
  const [head = "", tail] = text.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  if (zeros < 0) return undefined;
  const all = [...left, ...Array.from({ length: zeros }, () => "0"), ...right];
  if (all.length !== 8) return undefined;
  return all.flatMap((group) => {
    const number = Number.parseInt(group, 16);
    return [number >> 8, number & 0xff];
  });
}
