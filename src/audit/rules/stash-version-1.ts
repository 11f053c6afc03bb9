import { rule } from "../rule.ts";

export const stashVersion1 = rule({
  id: "stash-version-1",
  on: "file",
  severity: "notice",
  title: "the stash is of the old form, which only flips bits",
  cites: ["docs/formats/kdb.md: stash version 1, 129 bytes, each XORed with F5"],
  profiles: ["strict", "pci"],
  check({ stash }) {
    if (stash?.version !== 1) return undefined;
    return { path: stash.path, facts: { version: 1 } };
  },
  explain: () =>
    "The stash is of version 1: the password stands in it with a fixed byte XORed to each of its own.",
  fix: () =>
    "Write it anew in version 2 with pki stash; guard it like the password either way, since version 2 can be undone as well.",
});
