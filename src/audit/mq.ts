import type { OpenedStore } from "../model/inventory.ts";
import type { KeyEntry } from "../model/store.ts";

/** How a queue manager's or client's default label begins: the name follows, in lower case. */
export const MQ_PREFIX = "ibmwebspheremq";

/** Stores that MQ looks into by label; a Java client takes any key that fits. */
export function isReadByLabel({ container }: OpenedStore): boolean {
  return container.format === "kdb" || container.format === "pkcs12";
}

export function isMqLabel(label: string): boolean {
  return (
    label.startsWith(MQ_PREFIX) && label === label.toLowerCase() && label.length > MQ_PREFIX.length
  );
}

export function keysOf({ store }: OpenedStore): readonly KeyEntry[] {
  return store.entries.filter((entry) => entry.kind === "key");
}
