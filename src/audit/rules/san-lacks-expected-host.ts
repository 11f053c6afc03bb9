import { covers } from "../host-names.ts";
import { isPresented } from "../role.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const sanLacksExpectedHost = rule({
  id: "san-lacks-expected-host",
  on: "use",
  severity: "error",
  title: "the certificate is not for a host that the policy names",
  cites: ["RFC 9525 §6.3", "RFC 9110 §4.3.4 (before: RFC 2818 §3.1)"],
  profiles: ["default"],
  // Nothing is expected until a policy says so, usually for some of its paths.
  parameters: { hosts: [] as readonly string[] },
  check(subject, { parameters: { hosts } }) {
    if (hosts.length === 0 || !isPresented(subject) || subject.view.ca) return undefined;
    const { view } = subject;
    const names = view.subjectAltNames
      .filter(({ kind }) => kind === "DNS" || kind === "IP")
      .map(({ value }) => value);
    const missing = hosts.filter((host) => !names.some((name) => covers(name, host)));
    if (missing.length === 0) return undefined;
    return { facts: { subject: view.subject, missing, names } };
  },
  explain: ({ subject, missing, names }) => {
    const listed = names as readonly string[];
    return `${named(subject)} is not for ${(missing as readonly string[]).join(", ")}, ${listed.length === 0 ? "as it has no alternative names" : `only for ${listed.join(", ")}`}: clients that ask for that host refuse it.`;
  },
  fix: ({ missing }) =>
    `Issue a certificate with ${(missing as readonly string[]).map((host) => `--san ${/^[\d.]+$|:/.test(host) ? "IP" : "DNS"}:${host}`).join(" ")} as well.`,
});
