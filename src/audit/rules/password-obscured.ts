import { rule } from "../rule.ts";

export const passwordObscured = rule({
  id: "password-obscured",
  on: "companion",
  severity: "warning",
  title: "a store's password is only obscured in a configuration file",
  cites: [
    "IBM WebSphere Liberty: securityUtility encode, xor is no encryption",
    "Eclipse Jetty: Secure Password Obfuscation (OBF is reversible)",
    "CWE-261",
  ],
  profiles: ["was", "um", "pci", "strict", "mq", "java", "ihs"],
  check(companion) {
    if (companion.kind !== "settings") return undefined;
    const hidden = companion.passwords.filter(({ form }) => form !== "clear");
    if (hidden.length === 0) return undefined;
    const known = hidden.flatMap(({ wellKnown }) => wellKnown ?? []);
    return {
      ...(known.length === 0 ? {} : { severity: "error" as const }),
      facts: {
        settings: hidden.map(({ name, line, form }) => `${name} (line ${line}, ${form})`),
        ...(known.length === 0 ? {} : { wellKnown: [...new Set(known)].sort() }),
      },
    };
  },
  explain: ({ settings, wellKnown }) =>
    `Anybody can turn these back into passwords: ${(settings as readonly string[]).join(", ")}.${wellKnown === undefined ? "" : ` Public knowledge: ${(wellKnown as readonly string[]).join(", ")}.`}`,
  fix: () =>
    "Encode it with a key of your own (securityUtility encode --encoding=aes), or let the product read it from the environment.",
});
