import { rule } from "../rule.ts";

export const keyDatabasePasswordShort = rule({
  id: "key-database-password-short",
  on: "store",
  severity: "warning",
  title: "a short password for a format that does not slow guesses down",
  cites: [
    "docs/formats/kdb.md: the header answers a guess with one HMAC",
    "docs/formats/java.md: a JKS answers a guess with one hash",
    "NIST SP 800-63B-4 §3.1.1.2",
  ],
  profiles: ["strict", "pci"],
  // `weakBits`: less is told by password-weak, whose parameter `bits` these profiles set to this.
  parameters: { characters: 16, weakBits: 60 },
  check({ store: { container, password } }, { parameters }) {
    if (container.format !== "kdb" && container.format !== "jks") return undefined;
    // Each of these is told by a rule of its own.
    if (password === undefined || password.length === 0) return undefined;
    if (password.wellKnown !== undefined || password.length >= parameters.characters) {
      return undefined;
    }
    if (password.bits < parameters.weakBits) return undefined;
    return { facts: { length: password.length, least: parameters.characters } };
  },
  explain: ({ length, least }) =>
    `The password has ${length} characters; a guess costs one hash here, so at least ${least} random ones are asked for.`,
  fix: () =>
    "Set a long random one: runmqakm -keydb -changepw with -stash, or keytool -storepasswd and -keypasswd.",
});
