import { rule } from "../rule.ts";
import { holdsKeys } from "../stores.ts";

/** Whose default it is, as far as it is one product's. */
const OF: Readonly<Record<string, string>> = {
  WebAS: "WebSphere Application Server",
  changeit: "Java's cacerts",
  nirvana: "Universal Messaging's samples",
  Liberty: "WebSphere Liberty's samples",
  manage: "webMethods",
  passw0rd: "IBM's examples",
};

export const passwordWellKnown = rule({
  id: "password-well-known",
  on: "store",
  severity: "error",
  title: "the password is public knowledge",
  cites: ["PCI DSS 4.0.1 §2.2.2", "CWE-1392", "NIST SP 800-63B-4 §3.1.1.2 (blocklist)"],
  profiles: ["default"],
  check({ store }) {
    const { password } = store;
    if (password?.wellKnown === undefined || password.length === 0) return undefined;
    const keys = holdsKeys(store);
    const product = OF[password.wellKnown];
    const facts = {
      password: password.wellKnown,
      keys,
      ...(product === undefined ? {} : { product }),
    };
    // Without keys it protects only against a change of what is trusted.
    return keys ? { facts } : { facts, severity: "warning" };
  },
  explain: ({ password, product, keys }) =>
    `The password is ${password}${product === undefined ? "" : `, the default of ${product}`}: ${keys ? "the private keys are anybody's who gets the file" : "anybody who can write the file can add what it trusts"}.`,
  fix: () =>
    "Set a long random password with keytool -storepasswd or runmqakm -keydb -changepw, in the software's configuration as well.",
});
