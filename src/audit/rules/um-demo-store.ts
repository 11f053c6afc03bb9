import { rule } from "../rule.ts";
import { nameOf } from "../stores.ts";

const FILE = /^(?:client|server|nirvanacacerts)\.jks$/i;

export const umDemoStore = rule({
  id: "um-demo-store",
  on: "store",
  severity: "error",
  title: "the sample stores of Universal Messaging",
  cites: [
    "Universal Messaging: How to Generate Certificates for Use (server.jks is for CN=localhost)",
    "CWE-798",
  ],
  profiles: ["um"],
  check({ store: { path, store }, viewOf }) {
    const name = nameOf(path);
    if (!FILE.test(name)) return undefined;
    const local = store.entries.some((entry) => {
      if (entry.kind === "secret" || entry.kind === "request") return false;
      const certificate = entry.kind === "key" ? entry.chain[0] : entry.certificate;
      return viewOf(certificate).commonName === "localhost";
    });
    // A file of that usual name with other names in it is somebody's own.
    return local ? { facts: { name } } : undefined;
  },
  explain: ({ name }) =>
    `${name} holds a certificate for localhost, as Universal Messaging's sample generator makes it: it proves no host's name.`,
  fix: () => "Make stores with the host's name: pki exchange, or pki issue and pki add.",
});
