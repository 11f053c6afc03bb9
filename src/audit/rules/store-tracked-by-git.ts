import { rule } from "../rule.ts";
import { holdsKeys, mayHoldKeys } from "../stores.ts";

export const storeTrackedByGit = rule({
  id: "store-tracked-by-git",
  on: "file",
  severity: "error",
  title: "keys or their password are in a git repository",
  cites: ["CWE-540", "PCI DSS 4.0.1 §3.6.1.3", "PCI DSS 4.0.1 §8.6.2"],
  // A test store in a repository is a choice that many make, so it is not for everybody.
  profiles: ["strict", "pci"],
  check(subject) {
    const { file, stash, opened } = subject;
    if (stash?.file.tracked === true) return { path: stash.path, facts: { what: "stash" } };
    if (file.tracked !== true) return undefined;
    if (opened === undefined) {
      // Nobody could look inside: a key store is what such a file mostly is.
      return mayHoldKeys(subject)
        ? { severity: "warning", facts: { what: "key store that could not be opened" } }
        : undefined;
    }
    if (!holdsKeys(opened)) return undefined;
    const open = opened.keys.some(({ unencrypted }) => unencrypted === true);
    return { facts: { what: open ? "key without encryption" : "key" } };
  },
  explain: ({ what }) =>
    `A ${what} is tracked by git: everybody with the repository, now or later, has it, and deleting the file does not take it back.`,
  fix: () =>
    "Have the certificate issued anew with a new key, keep that outside the repository, and list the file in .gitignore after git rm --cached.",
});
