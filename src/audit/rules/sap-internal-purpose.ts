import { mayBe } from "../role.ts";
import { rule } from "../rule.ts";
import { INTERNAL, isNamed } from "../sap.ts";

export const sapInternalPurpose = rule({
  id: "sap-internal-purpose",
  on: "entry",
  severity: "error",
  title: "an internal certificate that cannot be both server and client",
  cites: ["SAP Contact Center: internal connections authenticate both sides", "RFC 5280 §4.2.1.12"],
  profiles: ["sap"],
  parameters: INTERNAL,
  check({ entry, viewOf }, { parameters }) {
    if (entry.kind !== "key" || !isNamed(entry.label, parameters)) return undefined;
    const view = viewOf(entry.chain[0]);
    const lacking = (["serverAuth", "clientAuth"] as const).filter((one) => !mayBe(view, one));
    if (lacking.length === 0) return undefined;
    return { facts: { subject: view.subject, lacking } };
  },
  explain: ({ subject, lacking }) =>
    `${subject} is for internal connections, where each side is server and client, and lacks ${(lacking as readonly string[]).join(" and ")}.`,
  fix: () => "Have it issued anew with both purposes, serverAuth and clientAuth.",
});
