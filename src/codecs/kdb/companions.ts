import { PkiError } from "../../model/error.ts";
import type { Secret } from "../../model/secret.ts";
import type { Container } from "../../model/store.ts";
import type { NewContainer, Random } from "../codec.ts";
import {
  expirySeconds,
  type KdbFile,
  type KdbType,
  kdbVersion,
  kindOf,
  SALT_BYTES,
  SLOT_BYTES,
} from "./layout.ts";
import { DEFAULT_PROTECTION, PROTECTIONS } from "./protection.ts";

/**
 * The container of a new, empty file.
 *
 * @param options - `version` 3, 4 (default) or 6; `protection` one of PROTECTIONS, by default what
 *   GSKit uses in that version
 * @throws PkiError `usage`
 */
export function newContainer(type: KdbType, options: NewContainer, random: Random): Container {
  const version = kdbVersion(options.version);
  const protection = options.protection ?? DEFAULT_PROTECTION[version];
  if (!PROTECTIONS.some((known) => known.id === protection)) {
    throw new PkiError("usage", `a key database has no protection ${protection}`, {
      hint: `choose one of ${PROTECTIONS.map((known) => known.id).join(", ")}`,
    });
  }
  const rest: KdbFile = {
    type,
    kind: kindOf(type),
    salt: newSalt(random),
    slotSize: SLOT_BYTES,
    defaultLabel: undefined,
    carried: [],
    home: undefined,
  };
  const expires = expirySeconds(options.passwordExpires);
  return {
    format: "kdb",
    version,
    protection,
    integrity: "verified",
    ...(expires === 0 ? {} : { passwordExpires: new Date(expires * 1000) }),
    rest,
  };
}

/**
 * The same container with another expiry of its password; undefined: it never expires.
 *
 * @throws PkiError `usage` outside 1970 to 2106
 */
export function changeExpiry(container: Container, expires: Date | undefined): Container {
  const { passwordExpires: _, ...others } = container;
  const seconds = expirySeconds(expires);
  return seconds === 0 ? others : { ...others, passwordExpires: new Date(seconds * 1000) };
}

/** Bytes of the empty files that GSKit keeps beside a `.kdb`. */
export interface Companions {
  readonly rdb: Uint8Array;
  readonly crl: Uint8Array;
}

/**
 * The `.rdb` and `.crl` of a new `.kdb`: empty, of its version, under its password.
 *
 * @throws PkiError `usage` for an unknown version or an expiry outside 1970 to 2106
 */
export async function newCompanions(
  version: string,
  password: Secret,
  random: Random,
  expires?: Date,
): Promise<Companions> {
  const { writeKdb } = await import("./write.ts");
  const options = { version, ...(expires === undefined ? {} : { passwordExpires: expires }) };
  const empty = async (type: KdbType): Promise<Uint8Array> =>
    await writeKdb(
      { entries: [] },
      newContainer(type, options, random),
      { store: password },
      random,
    );
  return { rdb: await empty("request"), crl: await empty("crl") };
}

/** 23 octets without a zero and a zero: GSKit handles it as a C string. */
function newSalt(random: Random): Uint8Array {
  const salt = random(SALT_BYTES).map((byte) => byte || 0xff);
  salt[SALT_BYTES - 1] = 0;
  return salt;
}
