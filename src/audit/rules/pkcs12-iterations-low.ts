import { rule } from "../rule.ts";

export const pkcs12IterationsLow = rule({
  id: "pkcs12-iterations-low",
  on: "store",
  severity: "warning",
  title: "PKCS#12 derives its keys with few iterations",
  cites: [
    "NIST SP 800-132 §5.2: at least 1,000 iterations",
    "RFC 8018 §4.2: at least 1,000 iterations",
    "OWASP Password Storage Cheat Sheet",
  ],
  profiles: ["default"],
  /** The RFC's least; `strict` and `pci` ask for what a JDK writes. */
  parameters: { iterations: 1000 },
  check({ store: { container } }, { parameters }) {
    if (container.format !== "pkcs12") return undefined;
    const weakest = [...(container.protections ?? [])]
      .filter(({ iterations }) => iterations !== undefined && iterations < parameters.iterations)
      .sort((a, b) => (a.iterations ?? 0) - (b.iterations ?? 0))[0];
    if (weakest === undefined) return undefined;
    const { of, scheme, iterations = 0 } = weakest;
    return { facts: { of, scheme, iterations, least: parameters.iterations } };
  },
  explain: ({ of, iterations, least }) =>
    `The ${of === "mac" ? "MAC" : of} cost${of === "mac" ? "s" : ""} a guesser ${iterations} iteration(s) for each password; at least ${least} are asked for.`,
  fix: () =>
    "Write the file anew with a current JDK (keytool -importkeystore), or with openssl pkcs12 -export -iter 600000.",
});
