import { isMqLabel, keysOf } from "../mq.ts";
import { rule } from "../rule.ts";

export const defaultCertificateIgnoredMq = rule({
  id: "default-certificate-ignored-mq",
  on: "store",
  severity: "notice",
  title: "the default certificate is not the one that MQ takes",
  cites: ["IBM MQ 8.0: the default certificate of a key repository is not used; labels are"],
  profiles: ["mq"],
  check({ store }) {
    const { defaultLabel } = store.store;
    if (defaultLabel === undefined || isMqLabel(defaultLabel)) return undefined;
    const own = keysOf(store).find(({ label }) => isMqLabel(label));
    // Without a key of MQ's label, that is the finding.
    if (own === undefined) return undefined;
    return { facts: { label: defaultLabel, taken: own.label } };
  },
  explain: ({ label, taken }) =>
    `${label} is marked as default, and MQ goes by labels: it takes ${taken} unless CERTLABL says another.`,
  fix: ({ label }) => `Set CERTLABL('${label}') if that is the one you mean.`,
});
