import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const signerSwitchedOff = rule({
  id: "signer-switched-off",
  on: "entry",
  severity: "warning",
  title: "a signer's trust is switched off",
  cites: ["measured with GSKit 8.0.60: what it issued is refused", "runmqakm -cert -modify -trust"],
  profiles: ["mq", "ihs"],
  check({ entry, viewOf }) {
    if (entry.kind !== "trusted" || entry.enabled) return undefined;
    const view = viewOf(entry.certificate);
    return { facts: { subject: view.subject, ca: view.ca } };
  },
  explain: ({ subject }) =>
    `${named(subject)} is among the signers, but its trust is switched off: who has a certificate of it is refused, though lists show it.`,
  fix: () =>
    "Switch it on with runmqakm -cert -modify -trust enable, or remove it if that is what was meant.",
});
