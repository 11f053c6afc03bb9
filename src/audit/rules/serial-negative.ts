import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const serialNegative = rule({
  id: "serial-negative",
  on: "certificate",
  severity: "error",
  title: "the serial number is negative",
  cites: ["RFC 5280 §4.1.2.2"],
  profiles: ["default"],
  traits: Trait.serial,
  check(view) {
    const { certificate, subject, issuer } = view;
    if (!certificate.serial.startsWith("-")) return undefined;
    return { facts: { subject, issuer, serial: certificate.serial } };
  },
  explain: ({ subject, serial }) =>
    `${named(subject)} has the negative serial number ${serial}: its CA forgot the sign octet. Programs that follow the standard refuse it, and others show different numbers for it.`,
  fix: () =>
    "Have the issuer give a certificate with a positive serial number, or issue one with pki issue.",
});
