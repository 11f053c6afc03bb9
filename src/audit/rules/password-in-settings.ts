import { rule } from "../rule.ts";

export const passwordInSettings = rule({
  id: "password-in-settings",
  on: "companion",
  severity: "error",
  title: "a store's password stands in a configuration file",
  cites: [
    "PCI DSS 4.0.1 §8.6.2",
    "CWE-256",
    "CWE-260",
    "IBM MQ: Protecting passwords in IBM MQ component configuration files",
  ],
  profiles: ["was", "um", "pci", "strict", "mq", "java", "ihs"],
  check(companion) {
    if (companion.kind !== "settings") return undefined;
    const clear = companion.passwords.filter(({ form }) => form === "clear");
    if (clear.length === 0) return undefined;
    const known = clear.flatMap(({ wellKnown }) => wellKnown ?? []);
    return {
      facts: {
        settings: clear.map(({ name, line }) => `${name} (line ${line})`),
        ...(known.length === 0 ? {} : { wellKnown: [...new Set(known)].sort() }),
      },
    };
  },
  explain: ({ settings, wellKnown }) =>
    `Passwords of stores in clear: ${(settings as readonly string[]).join(", ")}.${wellKnown === undefined ? "" : ` Public knowledge: ${(wellKnown as readonly string[]).join(", ")}.`}`,
  fix: () =>
    "Let the product read it from its vault, an environment variable or a file of mode 0600 ({aes} in Liberty), and change the password.",
});
