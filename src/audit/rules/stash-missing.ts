import { rule } from "../rule.ts";

export const stashMissing = rule({
  id: "stash-missing",
  on: "file",
  severity: "error",
  title: "a key database without a stash",
  cites: [
    "IBM MQ AMQ9660: password stash file absent or unusable",
    "IBM HTTP Server: KeyFile needs the stash file of the key database",
  ],
  profiles: ["mq", "ihs"],
  // True where a policy knows of KEYRPWD, MQKEYRPWD, SSLKeyRepositoryPassword or KeyFile /prompt: no file shows these.
  parameters: { passwordElsewhere: false },
  check({ format, stash, file }, { parameters, profiles }) {
    if (parameters.passwordElsewhere) return undefined;
    if (format !== "kdb" || stash !== undefined || file.extension !== ".kdb") return undefined;
    return { facts: { ihs: profiles.has("ihs") } };
  },
  explain: ({ ihs }) =>
    ihs
      ? "There is no .sth beside the key database, and IBM HTTP Server takes the password from nowhere else unless KeyFile says /prompt."
      : "There is no .sth beside the key database: unless KEYRPWD or MQKEYRPWD holds the password, channels fail with AMQ9660.",
  fix: () =>
    "Write one with pki stash or runmqakm -keydb -stashpw; where KEYRPWD holds the password, say so in a policy (passwordElsewhere: true).",
});
