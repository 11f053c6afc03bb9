import type { Place } from "../../model/finding.ts";
import { rule } from "../rule.ts";
import { isNamed } from "../sap.ts";

export const sapInternalDiffers = rule({
  id: "sap-internal-differs",
  on: "inventory",
  severity: "error",
  title: "peers have different internal certificates",
  cites: ["SAP Contact Center: the internal certificate must be the same on all peers"],
  profiles: ["sap"],
  parameters: { labels: ["internal"] },
  *check({ stores }, { parameters }) {
    const groups = new Map<string, Map<string, Place[]>>();
    for (const { path, keyLabels, personal } of stores) {
      for (const [i, label] of keyLabels.entries()) {
        const sha256 = personal[i];
        if (sha256 === undefined || !isNamed(label, parameters)) continue;
        const name = label.toLowerCase();
        const certificates = groups.get(name) ?? new Map<string, Place[]>();
        groups.set(name, certificates);
        const places = certificates.get(sha256) ?? [];
        certificates.set(sha256, places);
        places.push({ path, label, sha256 });
      }
    }
    for (const [label, certificates] of groups) {
      if (certificates.size < 2) continue;
      const places = [...certificates.values()].flat() as [Place, ...Place[]];
      yield { key: label, places, facts: { label, certificates: certificates.size } };
    }
  },
  explain: ({ label, certificates }) =>
    `${certificates} different certificates stand under the label ${label}, and all peers must have the same.`,
  fix: () => "Install the newest of them, with its key, on every peer.",
});
