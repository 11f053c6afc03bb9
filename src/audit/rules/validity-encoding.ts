import type { RawTime } from "../raw-certificate.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";

export const validityEncoding = rule({
  id: "validity-encoding",
  on: "certificate",
  severity: "warning",
  title: "a date of the certificate is written in a form that is forbidden or endless",
  cites: ["RFC 5280 §4.1.2.5", "RFC 5280 §4.1.2.5.1", "RFC 5280 §4.1.2.5.2"],
  profiles: ["default"],
  traits: Trait.encoding,
  check(view) {
    const { notBefore, notAfter } = view.raw;
    if (notBefore.isUsual && notAfter.isUsual) return undefined;
    const faults = [
      ...faultsOf("notBefore", notBefore),
      ...faultsOf("notAfter", notAfter),
      ...(notAfter.text === "99991231235959Z" ? ["notAfter endless"] : []),
    ];
    return faults.length === 0 ? undefined : { facts: { subject: view.subject, faults } };
  },
  explain: ({ subject, faults }) =>
    `The certificate ${subject} has dates that not every program reads alike: ${(faults as readonly string[]).join(", ")}.`,
  fix: () =>
    "Issue the certificate anew with pki issue, which writes dates as RFC 5280 asks; if another program made it, mend that program.",
});

function faultsOf(name: string, { general, text }: RawTime): string[] {
  // RFC 5280 takes whole seconds and Z only, and GeneralizedTime from 2050 on only.
  if (!(general ? /^\d{14}Z$/ : /^\d{12}Z$/).test(text)) return [`${name} not YYMMDDHHMMSSZ`];
  return general && text < "2050" && text >= "1950" ? [`${name} GeneralizedTime before 2050`] : [];
}
