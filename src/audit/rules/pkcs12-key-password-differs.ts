import { rule } from "../rule.ts";

export const pkcs12KeyPasswordDiffers = rule({
  id: "pkcs12-key-password-differs",
  on: "entry",
  severity: "warning",
  title: "a key has another password than its PKCS#12 file",
  cites: ["JDK keytool: Different store and key passwords not supported for PKCS12 KeyStores"],
  profiles: ["default"],
  check({ entry, store }, { profiles }) {
    if (store.container.format !== "pkcs12" || entry.kind !== "key") return undefined;
    const fact = store.keys.find(({ label }) => label === entry.label);
    if (fact?.otherPassword !== true) return undefined;
    const gskit = profiles.has("mq") || profiles.has("ihs");
    const facts = { label: entry.label };
    return gskit ? { facts, severity: "error" } : { facts };
  },
  explain: ({ label }) =>
    `The file's password does not open the key ${label}: GSKit, OpenSSL and most servers give up there.`,
  fix: () =>
    "Give the key the store's password: keytool -importkeystore with -srcalias, -srckeypass and -destkeypass.",
});
