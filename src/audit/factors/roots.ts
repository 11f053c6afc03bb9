/** Reciprocals of factorials: Taylor's coefficients up to where they fall below 2^-58 at pi/4. */
const [S3, S5, S7, S9, S11, S13, S15, S17] = [3, 5, 7, 9, 11, 13, 15, 17].map(reciprocal) as Eight;
const [C2, C4, C6, C8, C10, C12, C14, C16] = [2, 4, 6, 8, 10, 12, 14, 16].map(reciprocal) as Eight;

type Eight = [number, number, number, number, number, number, number, number];

/** Of a factorial, with the sign that it has in both series. */
function reciprocal(n: number): number {
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  return (n % 4 < 2 ? 1 : -1) / factorial;
}

/**
 * Writes e^(2 pi i part / whole), cosine first, with an error below four units of 2^-53.
 *
 * By Taylor's series, since the language does not say how exact its own sine is. The octant is found in whole numbers.
 *
 * @param part - from 0 to whole, and both below 2^49
 */
export function writeRoot(to: Float64Array, at: number, part: number, whole: number): void {
  const octant = Math.floor((8 * part) / whole);
  const rest = 8 * part - octant * whole;
  const x = (((octant & 1) === 0 ? rest : whole - rest) / whole) * (Math.PI / 4);
  const y = x * x;
  const s = y * (S3 + y * (S5 + y * (S7 + y * (S9 + y * (S11 + y * (S13 + y * (S15 + y * S17)))))));
  const c = y * (C2 + y * (C4 + y * (C6 + y * (C8 + y * (C10 + y * (C12 + y * (C14 + y * C16)))))));
  const sine = x + x * s;
  const cosine = 1 + c;
  // Octants 1, 2, 5, 6 are nearer to the other axis.
  const steep = ((octant + 1) & 2) !== 0;
  const a = steep ? sine : cosine;
  const b = steep ? cosine : sine;
  to[at] = octant > 1 && octant < 6 ? -a : a;
  to[at + 1] = octant > 3 && octant < 8 ? -b : b;
}
