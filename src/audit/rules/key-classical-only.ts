import { rule } from "../rule.ts";
import { placesOf } from "../words.ts";

export const keyClassicalOnly = rule({
  id: "key-classical-only",
  on: "inventory",
  severity: "notice",
  title: "no key is safe against a quantum computer",
  cites: ["NIST IR 8547 (draft): RSA and elliptic curves are disallowed after 2035"],
  profiles: ["strict"],
  *check({ certificates }) {
    let count = 0;
    for (const { keyAlgorithm, standings } of certificates.values("personal")) {
      if (/^(ML|SLH)-/.test(keyAlgorithm)) return;
      for (const { use } of standings) if (use === "personal") count++;
    }
    if (count === 0) return;
    const places = placesOf(certificates.values("personal"), "personal");
    yield { key: "classical", places, facts: { count } };
  },
  explain: ({ count }) =>
    `All ${count} personal certificates have classical keys (RSA, elliptic curves), which end with 2035.`,
  fix: () =>
    "Nothing today: keep the list of them, and plan the change with the owners of the CAs.",
});
