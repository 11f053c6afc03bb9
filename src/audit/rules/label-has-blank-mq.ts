import { isReadByLabel } from "../mq.ts";
import { rule } from "../rule.ts";

export const labelHasBlankMq = rule({
  id: "label-has-blank-mq",
  on: "entry",
  severity: "warning",
  title: "a label with a blank in it",
  cites: [
    "IBM MQ 8.0 and 9.2: Digital certificate labels (no blanks; the page of 9.1 allows them)",
  ],
  profiles: ["mq", "ihs"],
  check({ entry, store }) {
    if (entry.kind !== "key" || !isReadByLabel(store)) return undefined;
    return /\s/.test(entry.label) ? { facts: { label: entry.label } } : undefined;
  },
  explain: ({ label }) =>
    `The label ${label} has a blank in it: some releases of MQ refuse that, and IBM HTTP Server wants it in quotes.`,
  fix: () => "Rename it: runmqakm -cert -rename -label OLD -new_label NEW.",
});
