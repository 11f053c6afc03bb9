import { rule } from "../rule.ts";
import { holdsKeys } from "../stores.ts";

export const passwordEmpty = rule({
  id: "password-empty",
  on: "store",
  severity: "error",
  title: "the password is empty",
  cites: ["PCI DSS 4.0.1 §8.3.1", "CWE-258"],
  profiles: ["default"],
  check({ store }) {
    if (store.password?.length !== 0) return undefined;
    const keys = holdsKeys(store);
    return keys ? { facts: { keys } } : { facts: { keys }, severity: "warning" };
  },
  explain: ({ keys }) =>
    keys
      ? "The store opens with an empty password: its private keys are as good as unprotected."
      : "The store opens with an empty password: anybody who can write the file can add what it trusts.",
  fix: () =>
    "Set a long random password: keytool -storepasswd, or openssl pkcs12 -export with -passout.",
});
