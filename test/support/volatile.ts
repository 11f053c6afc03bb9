/** What differs between two runs of the same command: dates that follow from the clock, and chance. */
const VOLATILE =
  /\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{3})?Z)?|TLS_[A-Z0-9_]+|(?:[0-9A-F]{2}:){7,}[0-9A-F]{2}|\b[0-9a-f]{8,}\b/g;
/** What stands in for the version where tests run the source. */
const VERSION = /^pki \d+\.\d+\.\d+$/;
/** Which one it is, the TLS library decides: BoringSSL in the standalone executable. */
const CIPHER = /^TLS_/;
const DATE = /^\d{4}-/;
const DAY = 86_400_000;

/**
 * Compares a line of a transcript, recorded at a fixed time with seeded randomness, with what a real run
 * printed: they must be the same but for serial numbers, fingerprints and the like, which must be of the same length, and
 * dates, which must be the same or as far from the one's now as from the other's, give or take a day (of midnight).
 */
export function sameButVolatile(recordedAt: Date, ranAt: Date) {
  return (recorded: string, printed: string): boolean => {
    if (recorded === printed || (recorded === "pki test" && VERSION.test(printed))) return true;
    if (recorded.replace(VOLATILE, "\0") !== printed.replace(VOLATILE, "\0")) return false;
    const theirs = printed.match(VOLATILE) ?? [];
    return (recorded.match(VOLATILE) ?? []).every((token, i) => {
      const other = theirs[i] ?? "";
      if (token === other) return true;
      if (CIPHER.test(token)) return CIPHER.test(other);
      if (token.length !== other.length || DATE.test(token) !== DATE.test(other)) return false;
      if (!DATE.test(token)) return true;
      const moved =
        Date.parse(other) - ranAt.getTime() - (Date.parse(token) - recordedAt.getTime());
      return Math.abs(moved) <= DAY;
    });
  };
}
