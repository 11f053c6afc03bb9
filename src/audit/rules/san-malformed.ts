import type { GeneralName } from "../../x509/extensions.ts";
import { isIpAddress } from "../host-names.ts";
import { localNamesOnly } from "../localhost.ts";
import { rule } from "../rule.ts";
import { ORDINARY_HOST, Trait } from "../traits.ts";
import { named } from "../words.ts";

const INTERNAL =
  /(^[^.]+|\.(local|localdomain|internal|intranet|corp|lan|home|private|test|invalid|example|localhost))$/i;

export const sanMalformed = rule({
  id: "san-malformed",
  on: "use",
  severity: "warning",
  title: "an alternative name is not what its kind says",
  cites: [
    "RFC 5280 §4.2.1.6",
    "RFC 1034 §3.5",
    "CA/Browser Forum Baseline Requirements §7.1.2.7.12",
  ],
  profiles: ["default"],
  check(subject, { profiles }) {
    const { view, use } = subject;
    if (view.ca) return undefined;
    // Of ordinary names only those that the public knows nothing of.
    if ((view.traits & Trait.oddName) === 0 && !profiles.has("public-tls")) return undefined;
    // That localhost is an internal name is told by name-localhost.
    const strict = profiles.has("public-tls") && localNamesOnly(subject) === undefined;
    const faults: string[] = [];
    for (const name of view.subjectAltNames) {
      const fault = faultOf(name, strict);
      if (fault !== undefined) faults.push(`${fault}: ${name.kind}:${name.value}`);
    }
    if (faults.length === 0) return undefined;
    return { facts: { subject: view.subject, use, faults: [...new Set(faults)].sort() } };
  },
  explain: ({ subject, faults }) =>
    `${named(subject)} has alternative names that match nothing: ${(faults as readonly string[]).join("; ")}.`,
  fix: () =>
    "Issue a certificate with --san DNS:host.example.com for hosts and --san IP:192.0.2.1 for addresses.",
});

/** Names with `_`, and such as only a private network knows, are faults in public certificates alone. */
function faultOf({ kind, value }: GeneralName, publicTls: boolean): string | undefined {
  if (kind === "email") return /^[^@\s]+@[^@\s]+$/.test(value) ? undefined : "not an address";
  if (kind === "URI") return /^[a-z][a-z0-9+.-]*:/i.test(value) ? undefined : "not a URI";
  if (kind !== "DNS") return undefined;
  if (!publicTls && ORDINARY_HOST.test(value)) return undefined;
  if (value === "") return "empty";
  if (value.trim() === "") return "blank";
  if (isIpAddress(value)) return "address as host name";
  if (/:\/\/|\//.test(value)) return "URL as host name";
  if (/:\d+$/.test(value)) return "port in host name";
  if (/\s/.test(value)) return "blank in host name";
  if (value.includes("@")) return "mail address as host name";
  // Wildcards are judged by name-wildcard.
  const labels = value.replace(/\*/g, "x").split(".");
  if (labels.some((label) => label === "" || label.length > 63)) return "empty or long label";
  if (/[^\x21-\x7e]/.test(value)) return "not in ASCII";
  if (labels.some((label) => /[^a-z0-9_-]/i.test(label))) return "character of no host name";
  if (!publicTls) return undefined;
  if (value.includes("_")) return "underscore";
  return INTERNAL.test(value) ? "internal name" : undefined;
}
