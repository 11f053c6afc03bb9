import { rule } from "../rule.ts";
import { day, isoSecond } from "../time.ts";

const DAY_MS = 86_400_000;

export const expiryClustered = rule({
  id: "expiry-clustered",
  on: "store",
  severity: "notice",
  title: "many certificates of one store expire in the same days",
  cites: ["practice: renewals that fall together fail together"],
  profiles: ["strict"],
  parameters: { count: 5, days: 7 },
  check({ store }, { now, parameters }) {
    const ends = new Map<string, number>();
    for (const entry of store.store.entries) {
      const certificate =
        entry.kind === "key"
          ? entry.chain[0]
          : entry.kind === "trusted"
            ? entry.certificate
            : undefined;
      if (certificate === undefined || certificate.notAfter < now) continue;
      ends.set(certificate.sha256, certificate.notAfter.getTime());
    }
    const sorted = [...ends.values()].sort((a, b) => a - b);
    let best = { count: 0, first: 0 };
    for (let i = 0, j = 0; i < sorted.length; i++) {
      const first = sorted[i] as number;
      while (j < sorted.length && (sorted[j] as number) - first <= parameters.days * DAY_MS) j++;
      if (j - i > best.count) best = { count: j - i, first };
    }
    if (best.count < parameters.count) return undefined;
    return {
      facts: {
        count: best.count,
        days: parameters.days,
        first: isoSecond(new Date(best.first)),
      },
    };
  },
  explain: ({ count, days, first }) =>
    `${count} certificates of this store expire within ${days} days from ${day(first)}.`,
  fix: () =>
    "Renew some of them earlier, so that a missed renewal does not stop everything at once.",
});
