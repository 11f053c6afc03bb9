import { covers, isHostName } from "../host-names.ts";
import { isPresented, mayBe } from "../role.ts";
import { rule } from "../rule.ts";

export const sanLacksCommonName = rule({
  id: "san-lacks-common-name",
  on: "use",
  severity: "warning",
  title: "the host in the common name is not among the alternative names",
  cites: ["CA/Browser Forum Baseline Requirements §7.1.4.3", "RFC 9525 §2"],
  profiles: ["public-tls", "java", "strict"],
  check(subject) {
    const { view } = subject;
    const { commonName } = view;
    if (!isPresented(subject) || !mayBe(view, "serverAuth") || commonName === undefined) {
      return undefined;
    }
    if (!isHostName(commonName)) return undefined;
    const names = view.subjectAltNames.filter(({ kind }) => kind === "DNS" || kind === "IP");
    if (names.length === 0 || names.some(({ value }) => covers(value, commonName)))
      return undefined;
    return {
      facts: { subject: view.subject, commonName, names: names.map(({ value }) => value) },
    };
  },
  explain: ({ commonName, names }) =>
    `The common name says ${commonName}, the alternative names ${(names as readonly string[]).join(", ")}. Clients look at the latter only.`,
  fix: ({ commonName }) => `Issue a certificate with --san DNS:${commonName} as well.`,
});
