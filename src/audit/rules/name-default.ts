import { rule } from "../rule.ts";
import { named } from "../words.ts";

const ORGANISATION = "2.5.4.10";
const COMMON_NAME = "2.5.4.3";
const STATE = "2.5.4.8";

/** Values that a program put in because nobody told it better. */
const DEFAULTS: readonly { type: string; value: RegExp; of: string }[] = [
  { type: ORGANISATION, value: /^internet widgits pty ltd$/i, of: "openssl req" },
  { type: STATE, value: /^some-state$/i, of: "openssl req" },
  { type: ORGANISATION, value: /^default company ltd$/i, of: "openssl req of Red Hat" },
  { type: COMMON_NAME, value: /^unknown$/i, of: "keytool -genkeypair" },
  { type: ORGANISATION, value: /^(someorganization|snake ?oil,? ltd\.?)$/i, of: "mod_ssl" },
  { type: COMMON_NAME, value: /^(your ?name|change ?me|todo|cn)$/i, of: "a template" },
  {
    type: ORGANISATION,
    value: /^(your ?(company|organi[sz]ation)|my ?company|change ?me)$/i,
    of: "a template",
  },
];

/** Any of them, in a printed name: most names are done with this. */
const HINT =
  /widgits|some-state|default company|unknown|someorg|snake|your|change|todo|my ?company|CN=cn/i;

export const nameDefault = rule({
  id: "name-default",
  on: "use",
  severity: "warning",
  title: "the subject is what a tool puts in unasked",
  cites: ["openssl req and keytool: their documented default names", "practice"],
  profiles: ["default"],
  check({ view, use }) {
    if (!HINT.test(view.subject)) return undefined;
    for (const { type, value } of view.certificate.subject.rdns.flat()) {
      const found = DEFAULTS.find((one) => one.type === type && one.value.test(value.trim()));
      if (found !== undefined) {
        return { facts: { subject: view.subject, use, value, of: found.of } };
      }
    }
    return undefined;
  },
  explain: ({ subject, value, of }) =>
    `The subject ${named(subject)} holds "${value}", which ${of} gives when nothing else is said: it names nobody, and others have it too.`,
  fix: () =>
    "Issue a certificate with your own names: pki issue server STORE --subject CN=host,O=Company.",
});
