import { divisionScratch, fractionOf, type Words } from "./division.ts";
import type { Piece, Shape } from "./shape.ts";
import { type Levels, levelsOf, type Node, pairs } from "./tree.ts";
import type { Workspace } from "./workspace.ts";

/** Fraction words that a node has beyond its own: an error of some ones in the last is far below a half at the leaf. */
const GUARD = 1;

/** On the way up: the product of both halves, and the sum of each half by the other's cofactors. */
function productPiece([left, right]: readonly [Node, Node]): Piece {
  return { a: 32 * left.words, b: 32 * right.words, from: 0, words: left.words + right.words };
}

/** What is wanted of a product: words, from a bit on. */
type Window = Pick<Piece, "from" | "words">;

/** On the way down: of the fraction of a node by one half, the fraction of the other half. */
const fractionWindow =
  ({ words }: Node) =>
  (half: Node): Window => ({ from: 32 * (words - half.words), words: half.words + GUARD });

function fractionPieces(node: Node): Piece[] {
  const a = 32 * (node.words + GUARD);
  return (node.halves ?? []).map((half, i, both) => ({
    a,
    b: 32 * (both[1 - i] as Node).words,
    ...fractionWindow(node)(half),
  }));
}

/** Of a number by its fraction: the whole part, and one word below it. */
const remainderWindow = ({ words }: Node): Window => ({ from: 32 * words, words: words + 1 });

function remainderPiece(leaf: Node): Piece {
  const { words } = leaf;
  return { a: 32 * (words + GUARD), b: 32 * words, ...remainderWindow(leaf) };
}

/** What an empty lane has. */
const NOTHING: Words = { at: 0, count: 0 };

/** One or two nodes. */
type Pair = readonly [Node, ...Node[]];

/** Takes what a number shares with a dividend, if that is not 1: undefined where it has to be found from the remainder. */
export type TakeDivisor = (
  index: number,
  divisor: Uint32Array | undefined,
  remainder: () => Uint32Array,
) => void;

/**
 * Some numbers, their products in a tree, and remainders of other numbers down that tree (docs/decisions/0131).
 *
 * Memory: some 300 bytes for each word of the numbers, nearly all of it in one WebAssembly instance.
 */
export class Batch {
  readonly #levels: Levels;
  readonly #starts: readonly number[];
  readonly #space: Workspace;
  /** Index of the first word of the products of depth 0; of two levels of cofactors, later of fractions; of the rest. */
  readonly #products: number;
  readonly #others: number;
  readonly #scratch: number;

  /**
   * @param numbers - at least one, each at least 2, in two or more words, of which only the first two may be more than it needs
   * @throws RangeError where there is not enough memory
   */
  constructor(space: Workspace, numbers: readonly Uint32Array[]) {
    this.#space = space;
    this.#levels = levelsOf(numbers.map(({ length }) => length));
    let total = 0;
    this.#starts = numbers.map(({ length }) => {
      total += length;
      return total - length;
    });
    const longestNumber = numbers.reduce((most, { length }) => Math.max(most, length), 0);
    const all =
      this.#levels.length * total + 2 * (total + numbers.length) + 6 * (longestNumber + 1);
    this.#products = space.area("numbers", 4 * all) / 4;
    this.#others = this.#products + this.#levels.length * total;
    this.#scratch = this.#others + 2 * (total + numbers.length);
    // The longest transforms first, so that there is never room for shorter ones beside them.
    const { halves } = this.#root;
    if (halves !== undefined) {
      const up = this.#upward(halves);
      const down = this.#downward([this.#root]);
      space.points(Math.max(up.points, down.points));
    }
    this.#multiplyUp(numbers);
  }

  get #root(): Node {
    return this.#levels[0]?.[0] as Node;
  }

  /** The product of all numbers. */
  product(): Uint32Array {
    const at = this.#productOf(this.#root);
    return this.#space.arena.words.slice(at, at + this.#root.words);
  }

  /**
   * What each number shares with a dividend.
   *
   * @param dividend - undefined for the sum of the products of all numbers but one, which modulo a number is the product
   *   of all others. That one can only be asked for first: its place is taken by fractions
   */
  divisors(dividend: Uint32Array | undefined, take: TakeDivisor): void {
    const { words } = this.#root;
    const at = this.#cofactorsOf(this.#root);
    this.#divide(dividend ?? this.#space.arena.words.slice(at, at + words));
    for (const level of this.#levels) this.#descend(level, take);
  }

  #productOf({ low, depth }: Node): number {
    const total = this.#root.words;
    return this.#products + depth * total + (this.#starts[low] as number);
  }

  #cofactorsOf({ low, depth }: Node): number {
    return this.#others + (depth % 2) * this.#levelRoom + (this.#starts[low] as number);
  }

  #product(node: Node | undefined): Words {
    return node === undefined ? NOTHING : { at: this.#productOf(node), count: node.words };
  }

  #cofactors(node: Node): Words {
    return { at: this.#cofactorsOf(node), count: node.words };
  }

  #fraction(node: Node | undefined): Words {
    if (node === undefined) return NOTHING;
    return { at: this.#fractionOf(node), count: node.words + GUARD };
  }

  /** A fraction has a word more than its node, which has at least one number. */
  #fractionOf(node: Node): number {
    return this.#cofactorsOf(node) + node.low * GUARD;
  }

  get #levelRoom(): number {
    return this.#root.words + this.#starts.length * GUARD;
  }

  #multiplyUp(numbers: readonly Uint32Array[]): void {
    for (const level of [...this.#levels].reverse()) {
      for (const node of level) {
        if (node.halves === undefined) {
          const { words } = this.#space.arena;
          words.set(numbers[node.low] as Uint32Array, this.#productOf(node));
          const at = this.#cofactorsOf(node);
          words.fill(0, at, at + node.words);
          words[at] = 1;
        } else {
          this.#multiplyNode(node, node.halves);
        }
      }
    }
  }

  #multiplyNode(node: Node, halves: readonly [Node, Node]): void {
    const shape = this.#upward(halves);
    const { one, two } = this.#space.points(shape.points);
    const transforms = this.#space.transforms;
    transforms.load(one, shape, this.#product(halves[0]), this.#product(halves[1]));
    transforms.load(two, shape, this.#cofactors(halves[0]), this.#cofactors(halves[1]));
    transforms.forward(one, shape);
    transforms.forward(two, shape);
    this.#space.arena.kernel.combine(one, two, shape.points);
    transforms.back(two, shape);
    transforms.save(two, shape, 0, this.#productOf(node), this.#cofactorsOf(node), node.words);
  }

  /** The fraction of the root. */
  #divide(dividend: Uint32Array): void {
    const { words } = this.#space.arena;
    const at = this.#productOf(this.#root);
    let count = this.#root.words;
    while (words[at + count - 1] === 0) count--;
    const shift = Math.clz32(words[at + count - 1] as number);
    let length = dividend.length;
    while (length > 1 && dividend[length - 1] === 0) length--;
    const fraction = this.#root.words + GUARD;
    const sizes = { divisor: count, dividend: length + 1, fraction };
    const room = count + length + 1 + divisionScratch(sizes);
    const divisor = { at: this.#space.area("division", 4 * room) / 4, count };
    const shifted = { at: divisor.at + count, count: length + 1 };
    const memory = this.#space.arena.words;
    shiftLeft(memory.subarray(at, at + count), shift, memory, divisor.at, count);
    shiftLeft(dividend.subarray(0, length), shift, memory, shifted.at, length + 1);
    fractionOf(
      () => this.#space.arena.words,
      (a, b, from, to, wanted) => this.#multiply(a, b, from, to, wanted),
      divisor,
      shifted,
      { at: this.#fractionOf(this.#root), count: fraction },
      shifted.at + shifted.count,
    );
  }

  #multiply(a: Words, b: Words, from: number, to: number, count: number): void {
    const piece = { a: 32 * a.count, b: 32 * b.count, from: 32 * from, words: count };
    const key = `${a.count} ${b.count} ${from} ${count}`;
    const shape = this.#space.shapes.of(key, () => [piece]);
    const { one } = this.#space.points(shape.points);
    const transforms = this.#space.transforms;
    // A lane each, and one transform for both.
    transforms.load(one, shape, a, b);
    transforms.forward(one, shape);
    this.#space.arena.kernel.spread(one, one, shape.points);
    transforms.back(one, shape);
    transforms.save(one, shape, piece.from, to, to, count);
  }

  /** From the fractions of a level to those of the next one, and to what its leaves share. */
  #descend(level: readonly Node[], take: TakeDivisor): void {
    for (const pair of pairs(level.filter(({ halves }) => halves !== undefined))) {
      this.#halve(pair);
    }
    for (const pair of pairs(level.filter(({ halves }) => halves === undefined))) {
      this.#finish(pair, take);
    }
  }

  #halve(nodes: Pair): void {
    const shape = this.#downward(nodes);
    const { one, two } = this.#space.points(shape.points);
    const transforms = this.#space.transforms;
    transforms.load(two, shape, this.#fraction(nodes[0]), this.#fraction(nodes[1]));
    transforms.forward(two, shape);
    nodes.forEach((node, i) => {
      const halves = node.halves ?? [];
      transforms.load(one, shape, this.#product(halves[0]), this.#product(halves[1]));
      transforms.forward(one, shape);
      this.#space.arena.kernel.spread(one, two + 8 * i, shape.points);
      transforms.back(one, shape);
      // What is not wanted goes where the fraction of the node was.
      this.#save(
        one,
        shape,
        halves.map(fractionWindow(node)),
        halves.map((half) => this.#fractionOf(half)),
        this.#fractionOf(node),
      );
    });
  }

  /** Writes a window of each lane; both at once where it is the same. */
  #save(
    from: number,
    shape: Shape,
    windows: readonly Window[],
    to: readonly number[],
    unused: number,
  ): void {
    const [one, other = one] = windows as [Window, Window?];
    const [first, second = first] = to as [number, number?];
    const { transforms } = this.#space;
    if (windows.length === 2 && one.from === other.from && one.words === other.words) {
      transforms.save(from, shape, one.from, first, second, one.words);
      return;
    }
    transforms.save(from, shape, one.from, first, unused, one.words);
    if (windows.length === 2) {
      transforms.save(from, shape, other.from, unused, second, other.words);
    }
  }

  #upward(halves: readonly [Node, Node]): Shape {
    const key = `up ${halves[0].words} ${halves[1].words}`;
    return this.#space.shapes.of(key, () => [productPiece(halves)], 2);
  }

  #downward(nodes: readonly Node[]): Shape {
    let key = "down";
    for (const { halves } of nodes) key += ` ${halves?.[0].words} ${halves?.[1].words}`;
    return this.#space.shapes.of(key, () => nodes.flatMap(fractionPieces));
  }

  /** The remainders of one or two numbers, and what they share with them. */
  #finish(leaves: Pair, take: TakeDivisor): void {
    const key = leaves.reduce((text, { words }) => `${text} ${words}`, "leaves");
    const shape = this.#space.shapes.of(key, () => leaves.map(remainderPiece));
    const { one, two } = this.#space.points(shape.points);
    const transforms = this.#space.transforms;
    transforms.load(one, shape, this.#product(leaves[0]), this.#product(leaves[1]));
    transforms.load(two, shape, this.#fraction(leaves[0]), this.#fraction(leaves[1]));
    transforms.forward(one, shape);
    transforms.forward(two, shape);
    this.#space.arena.kernel.multiply(one, two, shape.points);
    transforms.back(one, shape);
    const room = 3 * (Math.max(...leaves.map((leaf) => leaf.words)) + 1);
    const places = leaves.map((_, i) => this.#scratch + i * room);
    this.#save(one, shape, leaves.map(remainderWindow), places, this.#fractionOf(leaves[0]));
    leaves.forEach((leaf, i) => {
      const { low, words: count } = leaf;
      const at = places[i] as number;
      const { words, kernel } = this.#space.arena;
      // To the nearest whole number.
      let carry = (words[at] as number) >>> 31;
      for (let j = 1; carry === 1 && j <= count; j++) {
        words[at + j] = (words[at + j] as number) + 1;
        carry = words[at + j] === 0 ? 1 : 0;
      }
      // The divisor is found where the number and the remainder are written over.
      const copy = at + 1 + count;
      const number = copy + count;
      words.copyWithin(copy, at + 1, copy);
      words.copyWithin(number, this.#productOf(leaf), this.#productOf(leaf) + count);
      const found = kernel.divisor(4 * number, 4 * copy, count) / 4;
      const divisor = found === 0 ? undefined : words.subarray(found, found + count);
      if (divisor !== undefined && isOne(divisor)) return;
      take(low, divisor?.slice(), () => words.slice(at + 1, copy));
    });
  }
}

function isOne(words: Uint32Array): boolean {
  return words[0] === 1 && words.subarray(1).every((word) => word === 0);
}

/** Writes a number times 2^bits; bits below 32. */
function shiftLeft(
  from: Uint32Array,
  bits: number,
  words: Uint32Array,
  to: number,
  count: number,
): void {
  let low = 0;
  for (let i = 0; i < count; i++) {
    const word = from[i] ?? 0;
    words[to + i] = bits === 0 ? word : (word << bits) | (low >>> (32 - bits));
    low = word;
  }
}
