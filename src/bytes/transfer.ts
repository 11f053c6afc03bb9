/** Fewer would be chance. */
const FEWEST = 4;

/**
 * What a transfer or a build step seems to have made of a binary file. It only looks: a file that parses
 * is never asked about.
 *
 * @returns `line-ends`: every LF stands behind a CR, as FTP in ASCII mode and some version control
 *   settings make it (an untouched file has about as many LFs with as without). `text`: bytes above 7F
 *   are UTF-8 throughout and many are U+FFFD, as when a build tool copies a keystore as text
 */
export function transferDamage(bytes: Uint8Array): "line-ends" | "text" | undefined {
  let replaced = 0;
  let high = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte < 0x80) continue;
    high++;
    if (byte === 0xef && bytes[i + 1] === 0xbf && bytes[i + 2] === 0xbd) {
      replaced++;
      high += 2;
      i += 2;
    }
  }
  // Random bytes hardly ever hold EF BF BD; in text nearly every byte that was above 7F became it.
  if (replaced >= FEWEST && replaced * 3 * 2 >= high) return "text";
  let lines = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at - 1] !== 0x0d) return undefined;
    lines++;
  }
  const binary = bytes.includes(0) || high > 0;
  return binary && lines >= FEWEST ? "line-ends" : undefined;
}
