import { isMqLabel, isReadByLabel, keysOf, MQ_PREFIX } from "../mq.ts";
import { rule } from "../rule.ts";

/**
 * The default label of the queue manager whose key repository this is by its place, `…/qmgrs/QM1/ssl/key.kdb`. In
 * names of directories `!` stands for a dot and `&` for a slash.
 */
function labelByPlace(path: string): string | undefined {
  const [, directory] = /(?:^|\/)qmgrs\/([^/]+)\/ssl\/[^/]+$/i.exec(path) ?? [];
  if (directory === undefined) return undefined;
  return `${MQ_PREFIX}${directory.replaceAll("!", ".").replaceAll("&", "/").toLowerCase()}`;
}

export const labelNotMq = rule({
  id: "label-not-mq",
  on: "entry",
  severity: "warning",
  title: "not the label that MQ looks for",
  cites: [
    "IBM MQ: Digital certificate labels, understanding the requirements",
    "measured: GSKit 8.0.60 compares labels with their case and sends no certificate without a match",
  ],
  profiles: ["mq"],
  check({ entry, store }) {
    if (entry.kind !== "key" || !isReadByLabel(store)) return undefined;
    const { label } = entry;
    const lower = label.toLowerCase();
    const wanted = labelByPlace(store.path);
    if (wanted !== undefined && isMqLabel(label)) {
      const keys = keysOf(store);
      if (keys.some((other) => other.label === wanted)) return undefined;
      // Told once for a store, of its first key that seems meant.
      if (keys.find((other) => isMqLabel(other.label)) !== entry) return undefined;
      return { facts: { label, right: wanted, byPlace: true } };
    }
    if (isMqLabel(label) || keysOf(store).some((other) => isMqLabel(other.label))) return undefined;
    // z/OS has ibmWebSphereMQ and the name in capitals; elsewhere that finds nothing.
    if (isMqLabel(lower)) return { facts: { label, right: lower }, severity: "error" };
    return { facts: { label, right: `${MQ_PREFIX}NAME` } };
  },
  explain: ({ label, right, byPlace }) =>
    byPlace === true
      ? `By its place this is a queue manager's key repository, and the queue manager looks for ${right}, unless CERTLABL says another; the key here is ${label}.`
      : String(right).endsWith("NAME")
        ? `MQ looks for the label ibmwebspheremq with the name of the queue manager or user behind it, unless CERTLABL or MQCERTLABL says another, and the only keys here are ${label} and such.`
        : `MQ looks for the label ${right}, in lower case, and this one is ${label}: no certificate is sent (AMQ9637 on the other side).`,
  fix: ({ label, right }) =>
    String(right).endsWith("NAME")
      ? `Set CERTLABL('${label}') or MQCERTLABL, or give the key MQ's label with runmqakm -cert -rename.`
      : `Rename it: runmqakm -cert -rename -label ${label} -new_label ${right}.`,
});
