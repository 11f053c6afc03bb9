import { rule } from "../rule.ts";
import { nameOf } from "../stores.ts";

export const stashOrphan = rule({
  id: "stash-orphan",
  on: "companion",
  severity: "warning",
  title: "a stash lies around without its store",
  cites: [
    "docs/formats/kdb.md: whoever has a stash has the password",
    "IBM MQ AMQ9660: the stash has the name of its key repository and stands beside it",
  ],
  profiles: ["default"],
  check: ({ kind, path }) => (kind === "stash" ? { facts: { name: nameOf(path) } } : undefined),
  explain: ({ name }) =>
    `No .kdb or .p12 of that name stands beside ${name}: the password in it opens nothing here, and perhaps a store somewhere else.`,
  fix: () =>
    "Put it beside its store under the store's name, or delete it and change the password where it is still in use (pki unstash shows what it is).",
});
