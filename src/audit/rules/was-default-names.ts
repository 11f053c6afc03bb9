import { rule } from "../rule.ts";

/** `CN=host,OU=node,OU=cell,O=IBM,C=US`, below `CN=host,OU=Root Certificate,…`. Liberty writes O=ibm. */
const OWN = /^CN=[^,]+(?:,OU=[^,]+)+,O=IBM,C=US$/i;
const ROOT = /,OU=Root Certificate,/i;

export const wasDefaultNames = rule({
  id: "was-default-names",
  on: "entry",
  severity: "notice",
  title: "a certificate as WebSphere makes them for itself",
  cites: ["IBM WebSphere Application Server: Default chained certificate configuration in SSL"],
  profiles: ["was"],
  check({ entry, viewOf }) {
    if (entry.kind !== "key") return undefined;
    const view = viewOf(entry.chain[0]);
    if (!OWN.test(view.subject) || ROOT.test(view.subject)) return undefined;
    if (!view.selfIssued && !ROOT.test(view.issuer)) return undefined;
    return { facts: { subject: view.subject, issuer: view.issuer } };
  },
  explain: ({ subject }) =>
    `${subject} has the names that WebSphere gives by itself, and a root that only this cell knows: nobody else can tell it from another cell's.`,
  fix: () =>
    "Replace it with one of your CA: pki issue, or a request from the administrative console.",
});
