import { isReadByLabel } from "../mq.ts";
import { rule } from "../rule.ts";

export const labelTooLongMq = rule({
  id: "label-too-long-mq",
  on: "entry",
  severity: "error",
  title: "a label longer than MQ can name",
  cites: ["IBM MQ: CERTLABL, MQ_CERT_LABEL_LENGTH 64 (cmqc.h); 32 on z/OS"],
  profiles: ["mq"],
  parameters: { characters: 64 },
  check({ entry, store }, { parameters }) {
    if (entry.kind !== "key" || !isReadByLabel(store)) return undefined;
    const length = new TextEncoder().encode(entry.label).length;
    if (length <= parameters.characters) return undefined;
    return { facts: { label: entry.label, length, most: parameters.characters } };
  },
  explain: ({ label, length, most }) =>
    `The label ${label} has ${length} bytes, and CERTLABL and MQCERTLABL hold ${most}: no setting can name this key.`,
  fix: () => "Rename it: runmqakm -cert -rename -label OLD -new_label NEW.",
});
