import type { Place } from "../../model/finding.ts";
import { rule } from "../rule.ts";

export const keyClassicalOnly = rule({
  id: "key-classical-only",
  on: "inventory",
  severity: "notice",
  title: "no key is safe against a quantum computer",
  cites: ["NIST IR 8547 (draft): RSA and elliptic curves are disallowed after 2035"],
  profiles: ["strict"],
  *check({ certificates }) {
    const places: Place[] = [];
    for (const { sha256, keyAlgorithm, standings } of certificates.values()) {
      for (const { store, label, use } of standings) {
        if (use !== "personal") continue;
        if (/^(ML|SLH)-/.test(keyAlgorithm)) return;
        places.push({ path: store.path, label, sha256 });
      }
    }
    const [first, ...others] = places;
    if (first === undefined) return;
    yield { key: "classical", places: [first, ...others], facts: { count: places.length } };
  },
  explain: ({ count }) =>
    `All ${count} personal certificates have classical keys (RSA, elliptic curves), which end with 2035.`,
  fix: () =>
    "Nothing today: keep the list of them, and plan the change with the owners of the CAs.",
});
