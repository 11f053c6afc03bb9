import { isIssuerIn } from "../role.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const caFlagMissing = rule({
  id: "ca-flag-missing",
  on: "use",
  severity: "error",
  title: "a certificate signed others without being a CA's",
  cites: [
    "RFC 5280 §4.2.1.9",
    "RFC 5280 §6.1.4(k)",
    "measured with GSKit 8.0.60: what an end certificate signed is refused",
  ],
  profiles: ["default"],
  check(subject) {
    const { view, use } = subject;
    // Certificates of version 1 cannot say it: version-not-3 tells those that should.
    if (view.ca || view.certificate.version !== 3 || use === "personal") return undefined;
    if (view.malformed.includes("2.5.29.19") || !isIssuerIn(subject)) return undefined;
    const issued = subject.whole.namedBy(view).map((child) => child.subject);
    return {
      facts: {
        subject: view.subject,
        use,
        stated: view.basicConstraints !== undefined,
        issued: issued.slice(0, 10).sort(),
      },
    };
  },
  explain: ({ subject, stated, issued }) =>
    `${named(subject)} ${stated === true ? "says that it is no CA's" : "does not say that it is a CA's"}, and it signed ${list(issued)}. Validators refuse that chain.`,
  fix: () =>
    "Make the CA's certificate anew with basic constraints CA:TRUE (pki init-ca; keytool -gencert -ext bc:c=ca:true); with the same key and name, what it signed stays good.",
});

const list = (issued: unknown): string =>
  (issued as readonly string[]).length === 0
    ? "other certificates"
    : (issued as readonly string[]).join("; ");
