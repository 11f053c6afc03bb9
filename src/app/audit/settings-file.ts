import { basename } from "node:path";
import type { SettingsPassword } from "../../model/inventory.ts";
import { WELL_KNOWN } from "./password-facts.ts";

/** Larger ones are nobody's settings. */
export const MAX_SETTINGS_FILE_BYTES = 1024 * 1024;
/** Longer lines are data. */
const MAX_LINE = 4096;
const MOST = 100;

/** Files in which products and their operators write the passwords of stores. */
const NAMES =
  /^(?:.+\.(?:props|properties)|(?:server|security|context|mqwebuser|standalone[\w-]*)\.xml|application[\w-]*\.ya?ml|jvm\.options|wrapper\.conf|.*_common\.conf|keystore\.conf|mqclient\.ini|qm\.ini)$/i;

export function mayHoldPasswords(path: string): boolean {
  return NAMES.test(basename(path));
}

/** A name and its value, as properties, XML attributes, YAML and ini files write them. */
const SETTING = /([a-z][\w.-]{0,127})\s{0,8}[=:]\s{0,8}("[^"]*"|'[^']*'|[^\s"'<>,;]*)/gi;
/** A name that is about the password of a key store, trust store or key in one. */
const ABOUT =
  /(?:key|trust|cert(?:ificate)?)[-_.]?(?:store|ring|db|file)\w*[-_.]?(?:pass|pwd|pw$)|(?:ssl|tls)[-_.]key[-_.]?(?:pass|pwd)/i;
/** Liberty: `<keyStore … password="…">`. */
const KEY_STORE_ELEMENT = /<(?:keyStore|trustStore)\b/i;
/** A reference, a placeholder or an encryption that has a key. */
const NOT_CLEAR =
  /^(?:$|[*x.?]+$|\$|#\{|!|@.*@$|%.*%$|\{(?!xor\})|enc\(|crypt:|md5:|(?:vault|env|file|secret|pass):|(?:null|none|true|false)$)/i;

/**
 * The passwords of stores in a text of settings, without the passwords. Commented lines do not count.
 *
 * A look, not a parser of each product's syntax: one setting a line or several, values on the same line.
 */
export function passwordsIn(text: string): readonly SettingsPassword[] {
  const found: SettingsPassword[] = [];
  let element = false;
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.length > MAX_LINE || /^\s*(?:[#;!]|\/\/|<!--)/.test(line)) continue;
    // The attributes of an element may stand on lines of their own.
    element = KEY_STORE_ELEMENT.test(line) || (element && !/^\s*</.test(line));
    // Options of a JVM are settings inside a setting.
    for (const part of line.split(/[=\s"](?=-D)/)) {
      for (const [, name = "", written = ""] of part.replace(/^-D/, "").matchAll(SETTING)) {
        if (!ABOUT.test(name) && !(element && name === "password")) continue;
        const value = written.replace(/^(["'])(.*)\1$/, "$2");
        if (NOT_CLEAR.test(value)) continue;
        found.push({ name, line: i + 1, ...formOf(value) });
        if (found.length >= MOST) return found;
      }
    }
    if (line.includes(">")) element = false;
  }
  return found;
}

function formOf(value: string): Pick<SettingsPassword, "form" | "wellKnown"> {
  if (/^obf:/i.test(value)) return { form: "obf" };
  const hidden = /^\{xor\}(.*)$/i.exec(value)?.[1];
  const plain = hidden === undefined ? value : withoutXor(hidden);
  const known = WELL_KNOWN.find((one) => one !== "" && one === plain);
  const form = hidden === undefined ? "clear" : "xor";
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
