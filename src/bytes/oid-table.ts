/** Object identifiers that nearly every certificate has: found by their octets, not spelled anew each time. */
const COMMON: readonly string[] = [
  // attributes of names
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 17, 42, 46, 97].map((n) => `2.5.4.${n}`),
  "1.2.840.113549.1.9.1",
  "0.9.2342.19200300.100.1.1",
  "0.9.2342.19200300.100.1.25",
  // keys and curves
  "1.2.840.113549.1.1.1",
  "1.2.840.10045.2.1",
  "1.2.840.10045.3.1.7",
  "1.3.132.0.34",
  "1.3.132.0.35",
  "1.3.101.112",
  // signatures
  ...[4, 5, 10, 11, 12, 13].map((n) => `1.2.840.113549.1.1.${n}`),
  ...[2, 3, 4].map((n) => `1.2.840.10045.4.3.${n}`),
  // extensions and what is in them
  ...[14, 15, 16, 17, 18, 19, 30, 31, 32, 35, 36, 37].map((n) => `2.5.29.${n}`),
  "2.5.29.32.0",
  "2.5.29.37.0",
  "1.3.6.1.5.5.7.1.1",
  "1.3.6.1.5.5.7.48.1",
  "1.3.6.1.5.5.7.48.2",
  "1.3.6.1.5.5.7.2.1",
  ...[1, 2, 3, 4, 8, 9].map((n) => `1.3.6.1.5.5.7.3.${n}`),
  "1.3.6.1.4.1.11129.2.4.2",
];

interface Known {
  readonly octets: readonly number[];
  readonly text: string;
}

const SLOTS = 512;

/** Several in a slot where their marks are alike. */
const TABLE: readonly (readonly Known[] | undefined)[] = (() => {
  const table: Known[][] = new Array(SLOTS);
  for (const text of COMMON) {
    const octets = octetsOf(text);
    let mark = octets.length;
    for (const octet of octets) mark = markOf(mark, octet);
    const slot = mark & (SLOTS - 1);
    table[slot] = [...(table[slot] ?? []), { octets, text }];
  }
  return table;
})();

/** The dotted form of the content octets `[start, end)` where it is a common one. */
export function commonOid(bytes: Uint8Array, start: number, end: number): string | undefined {
  let mark = end - start;
  if (mark > 11) return undefined;
  for (let i = start; i < end; i++) mark = markOf(mark, bytes[i] as number);
  const slot = TABLE[mark & (SLOTS - 1)];
  if (slot === undefined) return undefined;
  for (const { octets, text } of slot) {
    let i = 0;
    if (octets.length !== end - start) continue;
    while (i < octets.length && octets[i] === bytes[start + i]) i++;
    if (i === octets.length) return text;
  }
  return undefined;
}

function markOf(mark: number, octet: number): number {
  return (Math.imul(mark, 31) + octet) | 0;
}

function octetsOf(text: string): number[] {
  const [first = 0, second = 0, ...others] = text.split(".").map(Number);
  return [first * 40 + second, ...others].flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
}
