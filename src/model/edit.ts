import type { Entry, Store } from "./store.ts";

/** Decides whether two labels collide; comes from the codec, since JKS ignores case and KDB does not. */
export type SameLabel = (a: string, b: string) => boolean;

/** The entry with a label: an exact match first, else one that the format takes for the same. */
export function findEntry(store: Store, label: string, same: SameLabel): Entry | undefined {
  return (
    store.entries.find((entry) => entry.label === label) ??
    store.entries.find((entry) => same(entry.label, label))
  );
}

/** A store with `entry` at its end. The caller has made sure that the label is free. */
export function addEntry(store: Store, entry: Entry): Store {
  return { ...store, entries: [...store.entries, entry] };
}

/** A store without the entry of that very label; its default label goes with it. */
export function removeEntry(store: Store, label: string): Store {
  const entries = store.entries.filter((entry) => entry.label !== label);
  const { defaultLabel, ...others } = store;
  return defaultLabel === undefined || defaultLabel === label
    ? { ...others, entries }
    : { ...others, entries, defaultLabel };
}

/** A store with the entry of that very label exchanged for another, in its place. */
export function replaceEntry(store: Store, label: string, entry: Entry): Store {
  return {
    ...store,
    entries: store.entries.map((old) => (old.label === label ? entry : old)),
  };
}

/** A store whose default is the entry of that very label. */
export function setDefault(store: Store, label: string): Store {
  return { ...store, defaultLabel: label };
}
