import type { CertificateRecord } from "../../../audit/inventory-view.ts";
import { html, type Markup } from "./markup.ts";

const MONTHS = 24;
const BAR = 30;
const STEP = 42;
const HEIGHT = 150;
const LEFT = 12;
const TOP = 24;
const NEAR_MONTHS = 2;

/** One bar: a month, or everything before or after the months shown. */
export interface Bucket {
  readonly name: string;
  readonly kind: "past" | "near" | "far";
  readonly count: number;
}

/**
 * How many certificates end when: those already expired, one bar for each of the next 24 months (the first is the
 * rest of this one), all later ones. Months are UTC.
 */
export function expiryBuckets(records: Iterable<CertificateRecord>, at: Date): readonly Bucket[] {
  const first = at.getUTCFullYear() * 12 + at.getUTCMonth();
  const counts = new Array<number>(MONTHS + 2).fill(0);
  for (const { notAfter } of records) {
    const month = notAfter.getUTCFullYear() * 12 + notAfter.getUTCMonth() - first;
    const slot = notAfter < at ? 0 : Math.min(month, MONTHS) + 1;
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  return counts.map((count, i) => {
    if (i === 0) return { name: "expired", kind: "past", count };
    if (i > MONTHS) return { name: "later", kind: "far", count };
    return { name: monthName(first + i - 1), kind: i <= NEAR_MONTHS ? "near" : "far", count };
  });
}

/** The buckets as bars. Every number stands as text as well. */
export function timelineSvg(buckets: readonly Bucket[]): Markup {
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  const width = LEFT * 2 + buckets.length * STEP;
  const floor = TOP + HEIGHT;
  const bars = buckets.map(({ name, kind, count }, i) => {
    const x = LEFT + i * STEP + (STEP - BAR) / 2;
    const middle = x + BAR / 2;
    const tall = count === 0 ? 0 : Math.max(3, Math.round((count / most) * HEIGHT));
    const [line, year] = name.split(" ");
    return html`<g><title>${name}: ${count}</title>
<rect class="bar ${kind}" x="${x}" y="${floor - tall}" width="${BAR}" height="${tall}"/>
${count === 0 ? undefined : html`<text x="${middle}" y="${floor - tall - 5}" text-anchor="middle">${count}</text>`}
<text class="small" x="${middle}" y="${floor + 16}" text-anchor="middle">${line}</text>
<text class="small" x="${middle}" y="${floor + 30}" text-anchor="middle">${year}</text></g>
`;
  });
  const told = buckets
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${name}: ${count}`);
  return html`<svg role="img" aria-label="Certificates by end of validity. ${told.join(", ")}" width="${width}" height="${floor + 40}" viewBox="0 0 ${width} ${floor + 40}">
<line class="axis" x1="${LEFT}" x2="${width - LEFT}" y1="${floor}" y2="${floor}"/>
${bars}</svg>`;
}

const NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function monthName(month: number): string {
  return `${NAMES[month % 12]} ${Math.floor(month / 12)}`;
}
