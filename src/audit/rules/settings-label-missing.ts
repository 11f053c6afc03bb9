import type { Place } from "../../model/finding.ts";
import { rule } from "../rule.ts";

export const settingsLabelMissing = rule({
  id: "settings-label-missing",
  on: "inventory",
  severity: "error",
  title: "a configuration names a label that the key database has no key for",
  cites: [
    "IBM MQ: Certificate label (CERTLABL)",
    "IBM HTTP Server: SSLServerCert",
    "measured: GSKit 8.0.60 compares labels with their case and sends no certificate without a match",
  ],
  profiles: ["mq", "ihs", "was"],
  *check({ settings, stores }) {
    const byPath = new Map(stores.map((store) => [store.path, store]));
    for (const { path, stores: named = [] } of settings) {
      for (const { path: meant = "", labels } of named) {
        const store = byPath.get(meant);
        // What was not audited, or not opened, cannot be judged.
        if (store === undefined) continue;
        for (const { setting, line, label } of labels) {
          if (store.keyLabels.includes(label)) continue;
          const alike = store.keyLabels.find((one) => one.toLowerCase() === label.toLowerCase());
          const places: [Place, Place] = [{ path }, { path: store.path }];
          yield {
            key: `${path}\u0000${store.path}\u0000${label}`,
            places,
            facts: {
              setting: `${setting} (line ${line})`,
              label,
              store: store.path,
              labels: [...store.keyLabels].sort().slice(0, 20),
              ...(alike === undefined ? {} : { alike }),
            },
          };
        }
      }
    }
  },
  explain: ({ setting, label, store, alike, labels }) =>
    alike === undefined
      ? `${setting} names ${label}, and ${store} has no key under that label${(labels as readonly string[]).length === 0 ? "" : `, only ${(labels as readonly string[]).join(", ")}`}: no certificate is shown.`
      : `${setting} names ${label}, and the key in ${store} is called ${alike}: labels count with their capitals, and no certificate is shown.`,
  fix: ({ label, alike }) =>
    alike === undefined
      ? "Name a label that is there, or rename the key: runmqakm -cert -rename -label OLD -new_label NEW."
      : `Write ${alike} in the configuration, or rename the key: runmqakm -cert -rename -label ${alike} -new_label ${label}.`,
});
