import { rule } from "../rule.ts";
import { day, daysBetween, isoSecond } from "../time.ts";

export const keyDatabasePasswordExpiresSoon = rule({
  id: "key-database-password-expires-soon",
  on: "store",
  severity: "warning",
  title: "the key database's password expires soon",
  cites: ["measured: GSKit 8.0.60 opens nothing after that, code 107"],
  profiles: ["default"],
  parameters: { days: 60, errorDays: 7 },
  check({ store }, { now, parameters }) {
    const { passwordExpires } = store.container;
    if (passwordExpires === undefined || passwordExpires <= now) return undefined;
    const days = daysBetween(now, passwordExpires);
    if (days > parameters.days) return undefined;
    return {
      facts: { expires: isoSecond(passwordExpires), days },
      severity: days <= parameters.errorDays ? "error" : "warning",
    };
  },
  explain: ({ expires, days }) =>
    `The password of this key database expires on ${day(expires)}, in ${days} days; then GSKit refuses to open it.`,
  fix: () =>
    "Give it a password without an end and stash it: runmqakm -keydb -changepw -db key.kdb -stash.",
});
