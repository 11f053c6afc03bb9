import { rule } from "../rule.ts";
import { octal } from "../stores.ts";

export const stashReadable = rule({
  id: "stash-readable",
  on: "file",
  severity: "error",
  title: "others may read the stash, which is the password",
  cites: [
    "docs/formats/kdb.md: a stash hides the password, it does not encrypt it",
    "PCI DSS 4.0.1 §8.6.2",
    "IBM MQ: Protecting IBM MQ key repositories",
  ],
  profiles: ["default"],
  /** `groupMayRead`: for queue managers whose stash belongs to the group mqm. */
  parameters: { groupMayRead: false },
  check({ stash }, { parameters }) {
    const mode = stash?.file.mode;
    if (stash === undefined || mode === undefined) return undefined;
    const others = mode & (parameters.groupMayRead ? 0o037 : 0o077);
    if (others === 0) return undefined;
    return {
      path: stash.path,
      facts: { mode: octal(mode), everybody: (others & 0o007) !== 0 },
      // The group may be the one that needs it.
      severity: (others & 0o007) !== 0 ? "error" : "warning",
    };
  },
  explain: ({ mode, everybody }) =>
    `The stash has mode ${mode}: ${everybody ? "everybody on the machine" : "the whole group"} can read the key database's password out of it.`,
  fix: () =>
    "Run chmod 600 on the stash, and change the password with runmqakm -keydb -changepw if others had access.",
});
