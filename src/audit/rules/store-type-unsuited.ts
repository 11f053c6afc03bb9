import { rule } from "../rule.ts";

/** Where a queue manager has its key repository, `…/qmgrs/QM1/ssl/key`. */
const QUEUE_MANAGER = /(?:^|\/)qmgrs\/[^/]+\/ssl\/[^/]+$/i;

export const storeTypeUnsuited = rule({
  id: "store-type-unsuited",
  on: "file",
  severity: "error",
  title: "a queue manager cannot use a store of this type",
  cites: ["IBM MQ: Working with SSL/TLS on AIX, Linux and Windows (CMS, from 9.3 also PKCS#12)"],
  profiles: ["mq"],
  check({ path, format }) {
    if (format !== "jks" && format !== "jceks" && format !== "bks") return undefined;
    return QUEUE_MANAGER.test(path) ? { facts: { format } } : undefined;
  },
  explain: ({ format }) =>
    `A queue manager reads a key database, or PKCS#12 from 9.3 on, and this is ${String(format).toUpperCase()}.`,
  fix: () =>
    "Make a key database of it: keytool -importkeystore to PKCS#12, then runmqakm -cert -import.",
});
