/** Some of the numbers next to each other, and their product. */
export interface Node {
  /** Indexes of the first number and of the one after the last. */
  readonly low: number;
  readonly high: number;
  /** Words of the product. */
  readonly words: number;
  readonly depth: number;
  readonly halves: readonly [Node, Node] | undefined;
}

/** All nodes by depth, from left to right; the whole is first. */
export type Levels = readonly (readonly Node[])[];

/**
 * Halves some numbers until each is alone.
 *
 * @param words - of each number, at least one number
 */
export function levelsOf(words: readonly number[]): Levels {
  const levels: Node[][] = [];
  const add = (low: number, high: number, depth: number): Node => {
    const middle = (low + high) >> 1;
    let halves: [Node, Node] | undefined;
    if (high - low > 1) halves = [add(low, middle, depth + 1), add(middle, high, depth + 1)];
    const size = halves === undefined ? (words[low] as number) : halves[0].words + halves[1].words;
    const node = { low, high, words: size, depth, halves };
    while (levels.length <= depth) levels.push([]);
    levels[depth]?.push(node);
    return node;
  };
  add(0, words.length, 0);
  return levels;
}

/** Two at a time; the last may be alone. */
export function pairs<T>(items: readonly T[]): [T, ...T[]][] {
  const found: [T, ...T[]][] = [];
  for (let i = 0; i < items.length; i += 2) found.push(items.slice(i, i + 2) as [T, ...T[]]);
  return found;
}
