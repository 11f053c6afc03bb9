import { rule } from "../rule.ts";
import { daysBetween } from "../time.ts";
import { daysText } from "../words.ts";

export const requestStale = rule({
  id: "request-stale",
  on: "file",
  severity: "warning",
  title: "a request has been waiting for its certificate for long",
  cites: ["PCI DSS 4.0.1 requirement 3.6.1.4: keys in the fewest possible locations", "practice"],
  profiles: ["mq", "ihs", "pci", "strict"],
  parameters: { days: 30 },
  check({ opened }, { now, parameters }) {
    const { pending, pendingFile } = opened ?? {};
    const changed = pendingFile?.file.modified;
    if (pending === undefined || pendingFile === undefined || changed === undefined) {
      return undefined;
    }
    const days = daysBetween(changed, now);
    if (days < parameters.days) return undefined;
    return {
      path: pendingFile.path,
      facts: { requests: pending.map(({ label }) => label).sort(), days },
    };
  },
  explain: ({ requests, days }) =>
    `Nothing came back for ${(requests as readonly string[]).join(", ")} in ${daysText(days)}: each keeps a private key that nobody watches.`,
  fix: () =>
    "Receive the certificate (runmqakm -cert -receive), or delete the request (runmqakm -certreq -delete).",
});
