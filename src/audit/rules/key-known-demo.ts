import { DEMO_FILES, DEMO_KEYS, DEMO_LABELS } from "../data/demo-keys.ts";
import { rule } from "../rule.ts";

/** Asked for each certificate: an object would have to keep every hash that it is asked for. */
const KEYS = new Map(Object.entries(DEMO_KEYS));
const LABELS = new Map(Object.entries(DEMO_LABELS));
const FILES = new Map(Object.entries(DEMO_FILES));

const longest = (names: ReadonlyMap<string, string>): number =>
  Math.max(...[...names.keys()].map(({ length }) => length));
const LONGEST_LABEL = longest(LABELS);
const LONGEST_FILE = longest(FILES);

/** Most names are longer than any that is looked for. */
function originOf(
  names: ReadonlyMap<string, string>,
  name: string,
  from: number,
  most: number,
): string | undefined {
  return name.length - from > most ? undefined : names.get(name.slice(from).toLowerCase());
}

/** By the key itself, else by the names that the products give their own. */
export const keyKnownDemo = rule({
  id: "key-known-demo",
  on: "use",
  severity: "error",
  title: "the private key is public: it comes with a product or its examples",
  cites: [
    "IBM WebSphere Application Server: the dummy key files are the same in every installation (PQ77264)",
    "PCI DSS 4.0.1 requirement 2.2.2: vendor default accounts",
  ],
  profiles: ["default"],
  check({ view, use, entry, store }) {
    if (use === "chain") return undefined;
    const origin = KEYS.get(view.keyHash);
    if (origin !== undefined) return { facts: { subject: view.subject, origin, by: "key" } };
    const { path } = store;
    const named =
      originOf(LABELS, entry.label, 0, LONGEST_LABEL) ??
      (use === "personal"
        ? originOf(FILES, path, path.lastIndexOf("/") + 1, LONGEST_FILE)
        : undefined);
    return named === undefined
      ? undefined
      : { facts: { subject: view.subject, origin: named, by: "name" } };
  },
  explain: ({ subject, origin, by }) =>
    by === "key"
      ? `Everybody has the private key of ${subject}: ${origin}.`
      : `By its name this is a key that everybody has: ${origin} (${subject}).`,
  fix: () =>
    "Make a key of your own with pki issue, exchange it with pki exchange, and remove this one from every store.",
});
