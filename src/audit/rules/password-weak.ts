import { rule } from "../rule.ts";

export const passwordWeak = rule({
  id: "password-weak",
  on: "store",
  severity: "warning",
  title: "the password can be guessed",
  cites: ["NIST SP 800-63B-4 §3.1.1", "PCI DSS 4.0.1 §8.3.6: at least 12 characters"],
  profiles: ["default"],
  /** An upper bound of what the password is worth: its length times the bits of its kinds of characters. */
  parameters: { bits: 48 },
  check({ store: { password } }, { parameters }) {
    if (password === undefined || password.wellKnown !== undefined) return undefined;
    if (password.length === 0 || password.bits >= parameters.bits) return undefined;
    const { length, bits } = password;
    return { facts: { length, bits: Math.floor(bits), least: parameters.bits } };
  },
  explain: ({ length, bits, least }) =>
    `The password has ${length} characters, worth ${bits} bits at the very most; ${least} are asked for.`,
  fix: () =>
    "Set a long random one with keytool -storepasswd or runmqakm -keydb -changepw, in the software's configuration as well.",
});
