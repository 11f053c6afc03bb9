import { rule } from "../rule.ts";

export const stashPresent = rule({
  id: "stash-present",
  on: "file",
  severity: "notice",
  title: "the password lies beside the store",
  cites: [
    "docs/formats/kdb.md: whoever has a stash has the password",
    "IBM MQ 9.3: Supplying the key repository password (KEYRPWD, encrypted by the initial key)",
  ],
  profiles: ["strict"],
  check({ stash }) {
    return stash === undefined
      ? undefined
      : { path: stash.path, facts: { readable: stash.problem === undefined } };
  },
  explain: () => "A stash gives the password to whoever can copy it, on any machine.",
  fix: () =>
    "From IBM MQ 9.3 on, give the password by KEYRPWD under an initial key of your own and delete the stash; else keep its mode at 600.",
});
