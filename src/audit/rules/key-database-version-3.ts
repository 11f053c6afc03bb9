import { rule } from "../rule.ts";

export const keyDatabaseVersion3 = rule({
  id: "key-database-version-3",
  on: "store",
  severity: "warning",
  title: "a key database of version 3",
  cites: [
    "docs/formats/kdb.md: versions 3, 4 and 6",
    "NIST SP 800-131A Rev. 2 §7 (how keys are sealed)",
  ],
  profiles: ["strict", "fips"],
  check({ store: { container } }) {
    const { format, version, protection } = container;
    return format === "kdb" && version === "3" ? { facts: { version, protection } } : undefined;
  },
  explain: ({ protection }) =>
    `Version 3 proves its contents with an older HMAC than version 6 and seals its keys with ${protection}.`,
  fix: () =>
    "Make a new key database of version 6 with a current runmqakm or pki create, and move keys and signers over with runmqakm -cert -export and -import.",
});
