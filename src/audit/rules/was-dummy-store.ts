import { rule } from "../rule.ts";
import { nameOf } from "../stores.ts";

const FILE = /^Dummy(?:Server|Client)(?:Key|Trust)File\.jks$/i;
const LABEL = /^websphere dummy (?:server|client)$/i;

export const wasDummyStore = rule({
  id: "was-dummy-store",
  on: "store",
  severity: "error",
  title: "WebSphere's dummy keys, the same in every installation",
  cites: [
    "IBM WebSphere Application Server 6.0: dummy key and trust files (JSAS0455E, WSEC5156E, APAR PQ77264)",
    "CWE-798",
  ],
  profiles: ["default"],
  check({ store: { path, store } }) {
    const labels = store.entries.map(({ label }) => label).filter((label) => LABEL.test(label));
    const file = FILE.test(nameOf(path));
    if (!file && labels.length === 0) return undefined;
    return { facts: { file, labels: labels.sort() } };
  },
  explain: ({ file }) =>
    `${file ? "The file is named like" : "An entry is labelled like"} the dummy stores that WebSphere shipped before 6.1: everybody has their private keys.`,
  fix: () =>
    "Make a key of your own with pki issue or keytool -genkeypair, and drop the dummy signer everywhere.",
});
