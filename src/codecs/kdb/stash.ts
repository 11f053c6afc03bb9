import { concat } from "../../bytes/octets.ts";
import { hashChain, hashUntil } from "../../crypto/chain.ts";
import { digest, hmac } from "../../crypto/digest.ts";
import { PkiError } from "../../model/error.ts";
import { Secret } from "../../model/secret.ts";
import type { Random } from "../codec.ts";

/** Longest password that a stash file has room for. */
export const MAX_STASHED_BYTES = 128;
/** Password, terminator and filler. */
const BUFFER_BYTES = 129;
const SEED_BYTES = 32;
const V2_BYTES = 2 * SEED_BYTES + BUFFER_BYTES;
const MASK = 0xf5;

/**
 * Reads the password out of a GSKit stash file (`.sth`), version 1 (129 bytes) or 2 (193 bytes).
 *
 * Format: docs/formats/kdb.md, "Stash files". A stash is no encryption: whoever reads it has the password.
 *
 * @throws PkiError `format-malformed` where it is no stash file, is damaged (version 2 has a check),
 *   or has no end of the password
 */
export function readStash(bytes: Uint8Array): Secret {
  if (bytes.length === BUFFER_BYTES) return passwordIn(veiled(bytes));
  if (bytes.length !== V2_BYTES) {
    throw new PkiError(
      "format-malformed",
      `a stash file has ${BUFFER_BYTES} or ${V2_BYTES} bytes, this one has ${bytes.length}`,
      { where: "stash", hint: "stash the password again" },
    );
  }
  const seed = bytes.subarray(0, SEED_BYTES);
  const check = bytes.subarray(SEED_BYTES, 2 * SEED_BYTES);
  const expected = checkOf(seed);
  if (!check.every((byte, i) => byte === expected[i])) {
    throw new PkiError("format-malformed", "the stash file is damaged", {
      where: "stash@32",
      hint: "stash the password again",
    });
  }
  return passwordIn(veiled(masked(bytes.subarray(2 * SEED_BYTES), seed, check)));
}

/**
 * Writes a stash file.
 *
 * @param version - GSKit 8.0.60 reads both; products from before version 2 existed need 1
 * @throws PkiError `format-cannot-hold` for a password over 128 bytes, or with a zero byte in it
 */
export function writeStash(password: Secret, version: 1 | 2, random: Random): Uint8Array {
  if (password.length > MAX_STASHED_BYTES) {
    throw new PkiError(
      "format-cannot-hold",
      `a stash file has room for ${MAX_STASHED_BYTES} bytes, the password has ${password.length}`,
      { hint: "choose a shorter password" },
    );
  }
  const plain = password.use((bytes) => {
    if (bytes.includes(0)) {
      throw new PkiError(
        "format-cannot-hold",
        "the password has a zero byte, which ends a password in a stash file",
      );
    }
    const buffer = random(BUFFER_BYTES).map((byte) => byte || 1); // filler has no zero byte
    buffer.set(bytes);
    buffer[bytes.length] = 0;
    return buffer;
  });
  try {
    if (version === 1) return veiled(plain);
    const seed = random(SEED_BYTES);
    const check = checkOf(seed);
    return concat([seed, check, masked(veiled(plain), seed, check)]);
  } finally {
    plain.fill(0);
  }
}

/** All of version 1; version 2 has it under its keystream. Its own inverse. */
function veiled(buffer: Uint8Array): Uint8Array {
  return buffer.map((byte) => byte ^ MASK);
}

/** B of version 2: SHA-256 of an octet 1 and the seed. */
function checkOf(seed: Uint8Array): Uint8Array {
  return digest("sha256", Uint8Array.of(1), seed);
}

/** Takes over `buffer`. */
function passwordIn(buffer: Uint8Array): Secret {
  const end = buffer.indexOf(0);
  if (end === -1) {
    buffer.fill(0);
    throw new PkiError("format-malformed", "the stash file holds no end of the password", {
      where: "stash",
      hint: "stash the password again",
    });
  }
  const password = new Secret(buffer.slice(0, end));
  buffer.fill(0);
  return password;
}

/** The constant text that GSKit keys version 2 with. */
const KEY_TEXT =
  "13EC6D5C885056915AB35FAD2BDDF39F40D7C57B8B4D28F66B61B75F391446FD" +
  "A96751174DBD9713D02E0B38732E763501DBBB85EC60E437929ED2AA8981B36B";

/** `buffer` XOR the keystream of version 2, a new array. */
function masked(buffer: Uint8Array, seed: Uint8Array, check: Uint8Array): Uint8Array {
  let key = digest("sha256", seed, check);
  // At least once: a first value that already has the 3 is hashed on (one seed in 256 shows it).
  key = hashUntil("sha256", key, (octet) => octet(8) === 3);
  key = hashChain("sha256", key, 64);
  const inner = hmac("sha256", key, new TextEncoder().encode(KEY_TEXT));
  let state = hmac("sha256", inner, Uint8Array.of(1, 1, 2, 3, 5, 8));
  let stream: Uint8Array = new Uint8Array(0);
  while (stream.length < buffer.length) {
    stream = concat([stream, hmac("sha256", inner, state)]);
    state = concat([stream, state]);
  }
  return buffer.map((byte, i) => byte ^ (stream[i] as number));
}
