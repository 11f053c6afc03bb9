import { rule } from "../rule.ts";
import { isoSecond } from "../time.ts";

const LABEL = /^websphere plugin key$/i;
/** When the shipped file's password and certificate expired. */
const SHIPPED = { from: Date.parse("2012-04-25"), to: Date.parse("2012-04-28") };

export const wasPluginKeyExpired = rule({
  id: "was-plugin-key-expired",
  on: "store",
  severity: "error",
  title: "the plug-in's key database is the one that was shipped",
  cites: ["CVE-2012-2162", "IBM technotes swg21577327 and swg21588312"],
  profiles: ["was", "ihs"],
  check({ store: { store, container } }) {
    const time = container.passwordExpires?.getTime() ?? 0;
    const expires = time >= SHIPPED.from && time < SHIPPED.to;
    const labels = store.entries.map(({ label }) => label).filter((label) => LABEL.test(label));
    if (container.format !== "kdb" || (!expires && labels.length === 0)) return undefined;
    return {
      facts: {
        labels,
        ...(container.passwordExpires === undefined
          ? {}
          : { passwordExpires: isoSecond(container.passwordExpires) }),
      },
    };
  },
  explain: () =>
    "This is the plugin-key.kdb that came with WebSphere: its key is in every installation, and its password and certificate expired on 2012-04-26.",
  fix: () =>
    "Have the administrative console make a new one: Web servers, plug-in properties, Copy to Web server key store directory.",
});
