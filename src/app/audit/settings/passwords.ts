import type { SettingsPassword } from "../../../model/inventory.ts";
import { WELL_KNOWN } from "../password-facts.ts";
import { settingsInside } from "./lines.ts";
import type { Setting } from "./setting.ts";

const MOST = 100;

/** A name that is about the password of a key store, trust store, key ring or key repository. */
const OF_STORE =
  /(?:key|trust|cert(?:ificate)?)[-_.]?(?:store|ring|db|file|repository|manager)[\w.-]*?[-_.]?(?:pass|pwd|pw$)/i;
/** Of a key in one: `keyPass`, `certificateKeyPassword`, `ssl.key.password`; also MQ's `KEYRPWD`. */
const OF_KEY =
  /(?:^|[-_.]|certificate|private|server|client|ssl|tls)key[-_.]?(?:pass|pwd)|^(?:mq|ssl)?keyrpwd$/i;
/** Names that go on: a file that holds the password, an algorithm. */
const NO_PASSWORD =
  /(?:file|path|env|provider|ref|location|class|callback|alias|prompt|required|algorithm|length|encrypted)$/i;
/** Elements whose attribute `password` is a store's: WebSphere, Liberty, Tomcat, WildFly. */
const STORE_ELEMENT = /^(?:key-?stores?|trust-?stores?|keyentry|key-manager|trust-manager)$/;

/** A reference, a placeholder or an encryption that has a key. */
const NOT_CLEAR =
  /^(?:$|[*x.?]+$|\$|#\{|!|@.*@$|%.*%$|\{(?!xor\})|enc\(|crypt:|md5:|<[a-z]{2,8}>|\[\[|(?:vault|env|file|secret|pass):|(?:null|none|true|false)$)/i;

/**
 * The passwords of stores among settings, without the passwords.
 *
 * By the names of the settings and the elements that they stand in, and by the form of the value: what looks like
 * a reference or an encryption is none.
 */
export function passwordsAmong(settings: Iterable<Setting>): readonly SettingsPassword[] {
  const found: SettingsPassword[] = [];
  const take = ({ name, value, line }: Setting): void => {
    if (found.length < MOST && !NOT_CLEAR.test(value)) found.push({ name, line, ...formOf(value) });
  };
  for (const setting of settings) {
    if (isStorePassword(setting)) take(setting);
    // Parameters of an address, options of a JVM: settings inside a value.
    else if (/pass|pwd/i.test(setting.value)) {
      for (const inner of settingsInside(setting.value, setting.line)) {
        if (isStorePassword(inner)) take(inner);
      }
    }
    if (found.length >= MOST) break;
  }
  return found;
}

function isStorePassword({ name, inside = [] }: Setting): boolean {
  if (NO_PASSWORD.test(name)) return false;
  if (OF_STORE.test(name) || OF_KEY.test(name)) return true;
  const element = inside.at(-1) ?? "";
  if (/^(?:key)?password$/i.test(name)) return STORE_ELEMENT.test(element);
  // Tomcat's connector by OpenSSL, and WildFly's reference to a password that it writes out.
  if (name === "SSLPassword") return element === "connector";
  return (
    name === "clear-text" &&
    element === "credential-reference" &&
    inside.some((one) => STORE_ELEMENT.test(one))
  );
}

function formOf(value: string): Pick<SettingsPassword, "form" | "wellKnown"> {
  const [, obfuscated] = /^obf:(.*)$/i.exec(value) ?? [];
  const [, xored] = /^\{xor\}(.*)$/i.exec(value) ?? [];
  const form = obfuscated !== undefined ? "obf" : xored !== undefined ? "xor" : "clear";
  const plain =
    obfuscated !== undefined
      ? withoutObfuscation(obfuscated)
      : xored !== undefined
        ? withoutXor(xored)
        : value;
  const known = WELL_KNOWN.find((one) => one !== "" && one === plain);
  return known === undefined ? { form } : { form, wellKnown: known };
}

/** WebSphere's `{xor}`: base64 of each octet XORed with an underscore. */
function withoutXor(text: string): string | undefined {
  try {
    return [...atob(text)]
      .map((char) => String.fromCharCode(char.charCodeAt(0) ^ "_".charCodeAt(0)))
      .join("");
  } catch {
    return undefined;
  }
}

/**
 * Jetty's `OBF:`: four digits to the base 36 for each octet, 256 times 127 + the sum of it and the one that mirrors
 * it, and 127 + their difference; so the octet is half of what the two give.
 */
function withoutObfuscation(text: string): string | undefined {
  if (!/^(?:[0-9a-z]{4})+$/i.test(text)) return undefined; // also the form with U, for what is not ASCII
  return (text.match(/.{4}/g) ?? [])
    .map((digits) => {
      const pair = Number.parseInt(digits, 36);
      return String.fromCharCode(((pair >> 8) + (pair & 0xff) - 254) >> 1);
    })
    .join("");
}
