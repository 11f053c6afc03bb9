import { rule } from "../rule.ts";

export const stashMissing = rule({
  id: "stash-missing",
  on: "file",
  severity: "notice",
  title: "a key database without a stash",
  cites: ["IBM MQ AMQ9660", "IBM HTTP Server: KeyFile needs the stash file of the key database"],
  profiles: ["mq", "ihs"],
  check({ format, stash, file }, { profiles }) {
    if (format !== "kdb" || stash !== undefined || file.extension !== ".kdb") return undefined;
    const facts = { ihs: profiles.has("ihs") };
    // A queue manager may have the password in KEYRPWD; IBM HTTP Server has nothing else.
    return profiles.has("ihs") ? { facts, severity: "warning" } : { facts };
  },
  explain: ({ ihs }) =>
    ihs
      ? "There is no .sth beside the key database, and IBM HTTP Server takes the password from nowhere else unless KeyFile says /prompt."
      : "There is no .sth beside the key database: unless KEYRPWD or MQKEYRPWD holds the password, channels fail with AMQ9660.",
  fix: () => "Write one with pki stash or runmqakm -keydb -stashpw, or set KEYRPWD.",
});
