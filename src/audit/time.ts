const DAY_MS = 86_400_000;

/** Whole days from one moment to a later one, rounded down. */
export function daysBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / DAY_MS);
}

/** `2026-01-02T03:04:05Z`: how facts hold a time. */
export function isoSecond(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** The day of a time that facts hold. */
export function day(time: unknown): string {
  return String(time).slice(0, 10);
}

/** Compares the numbers: `a < b` of two dates asks each for its text first, which shows over 100,000 certificates. */
export function isBefore(a: Date, b: Date): boolean {
  return a.getTime() < b.getTime();
}
