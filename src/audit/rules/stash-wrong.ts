import { rule } from "../rule.ts";

export const stashWrong = rule({
  id: "stash-wrong",
  on: "file",
  severity: "error",
  title: "the stash does not open its key database",
  cites: ["IBM MQ AMQ9660", "measured: GSKit 8.0.60 code 408"],
  profiles: ["default"],
  check({ stash, path }) {
    if (stash === undefined || (stash.opens !== false && stash.problem === undefined)) {
      return undefined;
    }
    return { path: stash.path, facts: { store: path, problem: stash.problem ?? "password" } };
  },
  explain: ({ store, problem }) =>
    problem === "password"
      ? `The password in the stash does not open ${store}.`
      : `The stash of ${store} cannot be read (${problem}).`,
  fix: ({ store }) =>
    `Write it anew with the right password: pki stash ${store}, or runmqakm -keydb -stashpw.`,
});
