import { rule } from "../rule.ts";

export const pkcs12MacMissing = rule({
  id: "pkcs12-mac-missing",
  on: "file",
  severity: "warning",
  title: "a PKCS#12 file without a MAC",
  cites: ["RFC 7292 §4 (macData)", "measured: GSKit 8.0.60 refuses it with code 408"],
  profiles: ["default"],
  check({ opened, refused, format }, { profiles }) {
    const absent = opened?.container.integrity === "absent" || refused?.code === "integrity-absent";
    if (format !== "pkcs12" || !absent) return undefined;
    const gskit = profiles.has("mq") || profiles.has("ihs");
    return gskit ? { facts: { gskit }, severity: "error" } : { facts: { gskit } };
  },
  explain: ({ gskit }) =>
    gskit
      ? "The file has no MAC, and GSKit refuses such a file as it refuses a wrong password."
      : "The file has no MAC: nobody notices when a trusted certificate in it is replaced.",
  fix: () =>
    "Write it anew with a MAC: keytool -importkeystore, or openssl pkcs12 -export without -nomac.",
});
