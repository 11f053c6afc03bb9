import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const serialTooLong = rule({
  id: "serial-too-long",
  on: "certificate",
  severity: "warning",
  title: "the serial number is longer than 20 octets",
  cites: ["RFC 5280 §4.1.2.2"],
  profiles: ["default"],
  parameters: { octets: 20 },
  check({ certificate, subject, issuer }, { parameters }) {
    if (certificate.serial.length < 2 * parameters.octets) return undefined;
    const digits = certificate.serial.replace(/^-/, "");
    // A first bit that is set needs one octet more, for the sign.
    const octets = digits.length / 2 + (Number.parseInt(digits.slice(0, 2), 16) >= 0x80 ? 1 : 0);
    return octets > parameters.octets ? { facts: { subject, issuer, octets } } : undefined;
  },
  explain: ({ subject, octets }) =>
    `The serial number of ${named(subject)} has ${octets} octets; programs need not handle more than 20.`,
  fix: () =>
    "Have the issuer give shorter serial numbers (16 random octets are plenty) and a new certificate.",
});
