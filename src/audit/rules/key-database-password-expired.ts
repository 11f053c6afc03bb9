import { rule } from "../rule.ts";
import { day, daysBetween, isoSecond } from "../time.ts";

export const keyDatabasePasswordExpired = rule({
  id: "key-database-password-expired",
  on: "store",
  severity: "error",
  title: "the key database's password has expired",
  cites: [
    "measured: GSKit 8.0.60 opens nothing, code 107",
    "IBM: CVE-2012-2162, the password of plugin-key.kdb ended on 2012-04-26",
  ],
  profiles: ["default"],
  check({ store }, { now }) {
    const { passwordExpires } = store.container;
    if (passwordExpires === undefined || passwordExpires > now) return undefined;
    return {
      facts: { expires: isoSecond(passwordExpires), days: daysBetween(passwordExpires, now) },
    };
  },
  explain: ({ expires, days }) =>
    `The password of this key database expired on ${day(expires)}, ${days} days ago: GSKit refuses to open it.`,
  fix: () =>
    "Give it a password without an end and stash it: runmqakm -keydb -changepw -db key.kdb -stash.",
});
