import { toHex } from "../../bytes/octets.ts";
import { digest } from "../../crypto/digest.ts";
import type { PasswordFacts } from "../../model/inventory.ts";
import { Secret } from "../../model/secret.ts";

/**
 * Passwords that are public knowledge: what products ship with and what every tutorial types. Tried on
 * stores that nothing else opens, the usual ones first. The empty password is `(empty)` in reports.
 */
export const WELL_KNOWN: readonly string[] = [
  "changeit", // Java's cacerts and every keytool tutorial
  "password",
  "", // exported without one
  "WebAS", // WebSphere Application Server's key.p12 and DummyServerKeyFile
  "changeme",
  "passw0rd", // IBM's own examples
  "nirvana", // Universal Messaging's sample realms
  "secret",
  "keystore",
  "serverkey",
  "serverpass",
  "manage", // webMethods
  "Liberty",
  "123456",
  "test",
  "mqm",
];

export const EMPTY_PASSWORD = "(empty)";

/** Where a password came from, without it. */
export interface PasswordSource {
  readonly source: PasswordFacts["source"];
}

/** Makes facts of passwords; its tags compare passwords within one run and mean nothing outside. */
export class PasswordJudge {
  readonly #key: Uint8Array;
  /** The same few passwords open many stores. */
  readonly #known = new WeakMap<Secret, Omit<PasswordFacts, "source">>();

  /** @param key - 32 random bytes that nobody keeps */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  facts(password: Secret, source: PasswordFacts["source"]): PasswordFacts {
    const known = this.#known.get(password);
    if (known !== undefined) return { source, ...known };
    const facts = password.use((bytes) => this.#judged(bytes));
    this.#known.set(password, facts);
    return { source, ...facts };
  }

  #judged(bytes: Uint8Array): Omit<PasswordFacts, "source"> {
    const known = WELL_KNOWN.find((text) => sameText(text, bytes));
    return {
      ...(known === undefined ? {} : { wellKnown: known === "" ? EMPTY_PASSWORD : known }),
      length: bytes.length,
      bits: bitsOf(bytes),
      ascii: bytes.every((byte) => byte < 0x80),
      // The key has a fixed length and stands first: a keyed hash that nobody can extend or look up.
      tag: toHex(digest("sha256", this.#key, bytes)),
    };
  }
}

function sameText(text: string, bytes: Uint8Array): boolean {
  return text.length === bytes.length && bytes.every((byte, i) => byte === text.charCodeAt(i));
}

/** Characters of each class: lower case, upper case, digits, the rest of ASCII, everything else. */
const CLASSES: readonly [(byte: number) => boolean, number][] = [
  [(byte) => byte >= 0x61 && byte <= 0x7a, 26],
  [(byte) => byte >= 0x41 && byte <= 0x5a, 26],
  [(byte) => byte >= 0x30 && byte <= 0x39, 10],
  [
    (byte) =>
      (byte >= 0x20 && byte < 0x30) ||
      (byte > 0x39 && byte < 0x41) ||
      (byte > 0x5a && byte < 0x61) ||
      (byte > 0x7a && byte < 0x7f),
    33,
  ],
  [(byte) => byte < 0x20 || byte >= 0x7f, 128],
];

/** Length times log2 of the alphabet of the classes used, to one decimal: an upper bound. */
function bitsOf(bytes: Uint8Array): number {
  let alphabet = 0;
  for (const [has, size] of CLASSES) if (bytes.some(has)) alphabet += size;
  return alphabet === 0 ? 0 : Math.round(bytes.length * Math.log2(alphabet) * 10) / 10;
}

/** The try-list as secrets, to be disposed of by nobody: they are public. */
export function wellKnownSecrets(): readonly Secret[] {
  return WELL_KNOWN.map((text) => Secret.fromText(text));
}
