import type { DerReader } from "../bytes/der-reader.ts";
import { Tag } from "../bytes/der-tag.ts";

/**
 * Reads a Time of a certificate (RFC 5280 §4.1.2.5), and the forms that RFC forbids but real
 * certificates have: no seconds, an offset instead of `Z`, fractions of a second (cut off), local
 * GeneralizedTime without a zone (taken as UTC).
 *
 * @throws PkiError `format-malformed` where the text is not a point in time
 */
export function readTime(reader: DerReader, what: string): Date {
  const tag = reader.peek();
  if (tag !== Tag.utcTime && tag !== Tag.generalizedTime) reader.fail(`${what} is not a time`);
  const element = reader.next(tag, what);
  const { body, end } = element;
  const usual = end - body === 13 && tag === Tag.utcTime ? usualTime(reader.bytes, body) : -1;
  if (usual >= 0) return new Date(usual);
  const time = decodeTime(reader.bytes, body, end, tag === Tag.generalizedTime);
  if (Number.isNaN(time)) reader.fail(`${what} is not a point in time`);
  return new Date(time);
}

/** Of `YYMMDDHHMMSSZ` from 1970 on, as nearly all are: milliseconds; -1 for anything else. */
export function usualTime(bytes: Uint8Array, at: number): number {
  const year = twoDigits(bytes, at);
  const month = twoDigits(bytes, at + 2);
  const day = twoDigits(bytes, at + 4);
  const hour = twoDigits(bytes, at + 6);
  const minute = twoDigits(bytes, at + 8);
  const second = twoDigits(bytes, at + 10);
  if ((year | month | day | hour | minute | second) < 0 || bytes[at + 12] !== 0x5a) return -1;
  // Days that only some months have take the long way.
  if (month < 1 || month > 12 || day < 1 || day > 28) return -1;
  if (hour > 23 || minute > 59 || second > 59) return -1;
  return Date.UTC(year < 50 ? 2000 + year : 1900 + year, month - 1, day, hour, minute, second);
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - 0x30;
  const ones = (bytes[at + 1] as number) - 0x30;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

/** Milliseconds since 1970, or NaN. */
function decodeTime(bytes: Uint8Array, start: number, end: number, general: boolean): number {
  let at = start;
  const number = (digits: number): number => {
    let value = 0;
    for (let i = 0; i < digits; i++) {
      const digit = at < end ? (bytes[at++] as number) - 0x30 : -1;
      if (digit < 0 || digit > 9) return Number.NaN;
      value = value * 10 + digit;
    }
    return value;
  };
  const digitNext = (): boolean => {
    const byte = at < end ? (bytes[at] as number) : 0;
    return byte >= 0x30 && byte <= 0x39;
  };

  let year = number(general ? 4 : 2);
  if (!general) year += year < 50 ? 2000 : 1900; // RFC 5280 §4.1.2.5.1
  const month = number(2);
  const day = number(2);
  const hour = number(2);
  const minute = !general || digitNext() ? number(2) : 0;
  const second = digitNext() ? number(2) : 0;
  if (general && at < end && (bytes[at] === 0x2e || bytes[at] === 0x2c)) {
    at++;
    if (!digitNext()) return Number.NaN;
    while (digitNext()) at++;
  }
  let offset = 0;
  const zone = at < end ? bytes[at++] : general ? 0x5a : 0;
  if (zone === 0x2b || zone === 0x2d) {
    const hours = number(2);
    const minutes = number(2);
    if (!(hours < 24 && minutes < 60)) return Number.NaN;
    offset = (hours * 60 + minutes) * (zone === 0x2b ? 1 : -1);
  } else if (zone !== 0x5a) {
    return Number.NaN;
  }
  // A leap second is a point in time; JavaScript gives it to the next minute.
  if (at !== end || !(hour < 24 && minute < 60 && second < 61)) return Number.NaN;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return Number.NaN;
  return date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000;
}
