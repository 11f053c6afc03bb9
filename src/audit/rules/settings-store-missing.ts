import { rule } from "../rule.ts";

export const settingsStoreMissing = rule({
  id: "settings-store-missing",
  on: "companion",
  severity: "error",
  title: "a configuration names a key database that is not there",
  cites: [
    "IBM MQ reason code 2381 (MQRC_KEY_REPOSITORY_ERROR)",
    "IBM MQ: KeyRepository (MQCHAR256), the path and the stem of the file",
    "IBM HTTP Server: KeyFile",
  ],
  profiles: ["mq", "ihs", "was"],
  check(companion) {
    if (companion.kind !== "settings") return undefined;
    const missing = (companion.stores ?? []).filter((store) => store.missing);
    if (missing.length === 0) return undefined;
    return {
      facts: {
        stores: missing.map(({ setting, line, named }) => `${named} (${setting}, line ${line})`),
      },
    };
  },
  explain: ({ stores }) =>
    `Named here and not there, though its directory is: ${(stores as readonly string[]).join("; ")}. Whoever reads this configuration starts without TLS or not at all.`,
  fix: () =>
    "Correct the name (MQ adds .kdb by itself, and before 9.3 to any name), or put the key database in its place.",
});
