import { PkiError } from "../model/error.ts";

/** The longest text any of these functions takes: far above every real label, name or password. */
export const MAX_TEXT_BYTES = 1 << 20;

/** Where a text stands and what it is, for the error. */
export interface TextPlace {
  /** What the text is, such as `label`; default `text`. */
  readonly what?: string;
  /** The place inside the file, such as `entries/3`. */
  readonly where?: string;
}

function fail(message: string, place: TextPlace): never {
  throw new PkiError("format-malformed", `${place.what ?? "text"} ${message}`, {
    ...(place.where === undefined ? {} : { where: place.where }),
  });
}

function bounded(length: number, place: TextPlace): void {
  if (length <= MAX_TEXT_BYTES) return;
  throw new PkiError(
    "limit-exceeded",
    `${place.what ?? "text"} of ${length} bytes is over the limit of ${MAX_TEXT_BYTES}`,
    { ...(place.where === undefined ? {} : { where: place.where }) },
  );
}

/** UTF-8 (RFC 3629). A byte order mark is kept as a character; nothing is skipped. */
export const utf8 = {
  /** A lone surrogate becomes U+FFFD: UTF-8 cannot hold it. */
  encode: (text: string): Uint8Array => new TextEncoder().encode(text),

  /** @throws PkiError `format-malformed` where the bytes are not UTF-8, `limit-exceeded` over 1 MiB */
  decode(bytes: Uint8Array, place: TextPlace = {}): string {
    bounded(bytes.length, place);
    const plain = shortAscii(bytes);
    if (plain !== undefined) return plain;
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      fail("is not UTF-8", place);
    }
  },

  /** For showing only: what is not UTF-8 becomes U+FFFD. @throws PkiError `limit-exceeded` over 1 MiB */
  decodeLenient(bytes: Uint8Array, place: TextPlace = {}): string {
    bounded(bytes.length, place);
    return shortAscii(bytes) ?? new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  },

  /** True when the bytes are UTF-8. */
  valid(bytes: Uint8Array): boolean {
    for (let i = 0; i < bytes.length; ) {
      const size = sequence(bytes, i);
      if (size === 0) return false;
      i += size;
    }
    return true;
  },
};

/** Most labels: quicker than making a decoder. Undefined for long texts and for those with other characters. */
function shortAscii(bytes: Uint8Array): string | undefined {
  if (bytes.length > 64) return undefined;
  let out = "";
  for (const byte of bytes) {
    if (byte >= 0x80) return undefined;
    out += String.fromCharCode(byte);
  }
  return out;
}

/** Length of the well-formed UTF-8 sequence at `at` (Unicode 15 table 3-7), 0 where there is none. */
function sequence(bytes: Uint8Array, at: number): 0 | 1 | 2 | 3 | 4 {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const next = (offset: number, low = 0x80, high = 0xbf): boolean => {
    const byte = bytes[at + offset] ?? 0;
    return byte >= low && byte <= high;
  };
  if (first >= 0xc2 && first <= 0xdf) return next(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80; // no overlong form
    const high = first === 0xed ? 0x9f : 0xbf; // no surrogate
    return next(1, low, high) && next(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80;
    const high = first === 0xf4 ? 0x8f : 0xbf;
    return next(1, low, high) && next(2) && next(3) ? 4 : 0;
  }
  return 0;
}

/**
 * Two octets a UTF-16 unit, the high one first. Lossless both ways for every string, lone surrogates
 * included: Java's strings may hold them, so a label may.
 */
export const utf16be = {
  encode(text: string): Uint8Array {
    const out = new Uint8Array(text.length * 2);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      out[2 * i] = unit >> 8;
      out[2 * i + 1] = unit & 0xff;
    }
    return out;
  },

  /** @throws PkiError `format-malformed` on an odd number of octets, `limit-exceeded` over 1 MiB */
  decode(bytes: Uint8Array, place: TextPlace = {}): string {
    bounded(bytes.length, place);
    if (bytes.length % 2 !== 0) fail("has an odd number of octets", place);
    let out = "";
    for (let i = 0; i < bytes.length; i += 2) {
      out += String.fromCharCode(((bytes[i] as number) << 8) | (bytes[i + 1] as number));
    }
    return out;
  },

  /**
   * The UTF-16BE form of UTF-8 bytes, without making a string of them: for passwords, which must be
   * wiped afterwards. The result is a new array that the caller overwrites.
   *
   * @returns undefined where the bytes are not UTF-8
   */
  fromUtf8(bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length > MAX_TEXT_BYTES || !utf8.valid(bytes)) return undefined;
    let units = 0;
    for (const byte of bytes) {
      if (byte < 0x80 || byte >= 0xc0) units += byte >= 0xf0 ? 2 : 1;
    }
    const out = new Uint8Array(units * 2);
    let at = 0;
    const put = (unit: number): void => {
      out[at++] = unit >> 8;
      out[at++] = unit & 0xff;
    };
    for (let i = 0; i < bytes.length; ) {
      const size = sequence(bytes, i);
      let point = (bytes[i] as number) & (size === 1 ? 0x7f : 0xff >> (size + 1));
      for (let j = 1; j < size; j++) point = point * 64 + ((bytes[i + j] as number) & 0x3f);
      if (point >= 0x10000) {
        put(0xd7c0 + (point >> 10));
        put(0xdc00 | (point & 0x3ff));
      } else {
        put(point);
      }
      i += size;
    }
    return out;
  },
};

/**
 * The content of an ASN.1 BMPString. X.680 allows characters up to U+FFFF only; Java, Windows and
 * OpenSSL put surrogate pairs in as well, so it is read and written as UTF-16BE.
 */
export const bmp = utf16be;

/**
 * Java's modified UTF-8 (java.io.DataInput): U+0000 as two octets, a supplementary character as two
 * surrogates of three octets each. Lossless for every string.
 */
export const modifiedUtf8 = {
  encode(text: string): Uint8Array {
    let length = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      length += unit >= 0x01 && unit <= 0x7f ? 1 : unit <= 0x7ff ? 2 : 3;
    }
    const out = new Uint8Array(length);
    let at = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x01 && unit <= 0x7f) {
        out[at++] = unit;
      } else if (unit <= 0x7ff) {
        out[at++] = 0xc0 | (unit >> 6);
        out[at++] = 0x80 | (unit & 0x3f);
      } else {
        out[at++] = 0xe0 | (unit >> 12);
        out[at++] = 0x80 | ((unit >> 6) & 0x3f);
        out[at++] = 0x80 | (unit & 0x3f);
      }
    }
    return out;
  },

  /**
   * Takes what Java takes (a plain zero octet and overlong forms too), and beyond that the four-octet
   * sequences of programs that write plain UTF-8. So `encode` of the result need not be `bytes`.
   *
   * @throws PkiError `format-malformed`, `limit-exceeded` over 1 MiB
   */
  decode(bytes: Uint8Array, place: TextPlace = {}): string {
    bounded(bytes.length, place);
    let out = "";
    for (let i = 0; i < bytes.length; ) {
      const first = bytes[i] as number;
      const more = first < 0x80 ? 0 : first >> 5 === 6 ? 1 : first >> 4 === 14 ? 2 : 3;
      if (more === 0) {
        out += String.fromCharCode(first);
        i++;
        continue;
      }
      if (more === 3 && sequence(bytes, i) !== 4) fail("is not modified UTF-8", place);
      let point = first & (0x3f >> more);
      for (let j = 1; j <= more; j++) {
        const byte = bytes[i + j] ?? 0;
        if (byte >> 6 !== 2) fail("is not modified UTF-8", place);
        point = point * 64 + (byte & 0x3f);
      }
      out += String.fromCodePoint(point);
      i += more + 1;
    }
    return out;
  },
};
