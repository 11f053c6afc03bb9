import { rule } from "../rule.ts";

export const keyDatabaseVersion4 = rule({
  id: "key-database-version-4",
  on: "store",
  severity: "notice",
  title: "a key database of version 4",
  cites: [
    "docs/formats/kdb.md: versions 3, 4 and 6",
    "NIST SP 800-131A Rev. 2 §7 (how keys are sealed)",
  ],
  profiles: ["strict", "fips"],
  check({ store: { container } }) {
    const { format, version, protection } = container;
    return format === "kdb" && version === "4" ? { facts: { version, protection } } : undefined;
  },
  explain: ({ protection }) =>
    `Version 4 proves its contents with an older HMAC than version 6 and seals its keys with ${protection}.`,
  fix: () =>
    "Make a new key database of version 6 with a current runmqakm or pki create, and move keys and signers over with runmqakm -cert -export and -import.",
});
