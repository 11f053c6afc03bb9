import type { Words } from "./division.ts";
import type { Arena, Kernel } from "./kernel.ts";
import { writeRoot } from "./roots.ts";
import { CARRIES, type Shape } from "./shape.ts";

/** Bytes of a point in memory, and of a root. */
export const POINT_BYTES = 32;
const ROOT_BYTES = 16;

/** Points of the blocks that are done at once: they and their roots stay in the processor's nearest memory. */
const BLOCK_POINTS = 1024;

/** Shapes of one table: the same passes, and then more or fewer of radix 4. */
function kindOf({ radices }: Shape): string {
  return radices.filter((radix) => radix !== 4).join();
}

/** The roots of one kind of shape, as far as they were asked for. */
interface Table {
  readonly addresses: number[];
  /** The blocks of the next pass are modulo x^n - e(part / whole), e(t) being e^(2 pi i t). */
  parts: Float64Array;
  whole: number;
}

/** The roots of each pass of each shape, made when they are first asked for. */
class Roots {
  readonly #arena: Arena;
  readonly #tables = new Map<string, Table>();
  readonly #known = new Map<Shape, readonly number[]>();

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** @returns addresses, pass by pass */
  of(shape: Shape): readonly number[] {
    const before = this.#known.get(shape);
    if (before !== undefined) return before;
    const kind = kindOf(shape);
    let table = this.#tables.get(kind);
    if (table === undefined) {
      table = { addresses: [], parts: Float64Array.of(1), whole: 4 };
      this.#tables.set(kind, table);
    }
    const { radices } = shape;
    for (let i = table.addresses.length; i < radices.length; i++) {
      this.#add(table, radices[i] as number);
    }
    this.#known.set(shape, table.addresses);
    return table.addresses;
  }

  /** The roots of a block are e((part / whole + q) / radix). */
  #add(table: Table, radix: number): void {
    const { parts, whole } = table;
    const address = this.#arena.allocate(parts.length * (radix - 1) * ROOT_BYTES);
    const all = new Float64Array(this.#arena.words.buffer);
    const next = new Float64Array(parts.length * radix);
    let at = address / 8;
    for (let k = 0; k < parts.length; k++) {
      const part = parts[k] as number;
      for (let power = 1; power < radix; power++, at += 2) {
        writeRoot(all, at, part * power, whole * radix);
      }
      for (let q = 0; q < radix; q++) next[k * radix + q] = part + q * whole;
    }
    table.addresses.push(address);
    table.parts = next;
    table.whole = whole * radix;
  }
}

/** Transforms of the two numbers at one address, a lane each, in place. */
export class Transforms {
  readonly #kernel: Kernel;
  readonly #roots: Roots;
  readonly #arena: Arena;
  /** Where numbers are copied to before they are cut. */
  #stage = { at: 0, bytes: 0 };

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#kernel = arena.kernel;
    this.#roots = new Roots(arena);
  }

  /**
   * Cuts a number into the digits of each lane.
   *
   * @param one - as `other` indexes of words and how many they are
   */
  load(to: number, { points, bits }: Shape, one: Words, other: Words): void {
    const bytes = (points * bits) / 4 + 8;
    if (2 * bytes > this.#stage.bytes) {
      this.#stage = { at: this.#arena.allocate(2 * bytes), bytes: 2 * bytes };
    }
    const { at } = this.#stage;
    this.#kernel.spreadDigits(
      to,
      points,
      bits,
      at,
      4 * one.at,
      4 * one.count,
      4 * other.at,
      4 * other.count,
    );
  }

  /**
   * Writes `count` words of both lanes' numbers, from bit `first` on.
   *
   * @param one - as `other` the index of the first word; where both are the same, that is the first lane's
   */
  save(from: number, shape: Shape, first: number, one: number, other: number, count: number): void {
    const { points, bits } = shape;
    const digit = Math.floor(first / bits);
    this.#kernel.gatherDigits(
      from,
      points,
      bits,
      1 / points,
      digit,
      Math.min(CARRIES, digit),
      first % bits,
      4 * one,
      4 * other,
      count,
    );
  }

  forward(data: number, shape: Shape): void {
    this.#forward(data, shape.points, 0, 0, shape.radices, this.#roots.of(shape));
  }

  back(data: number, shape: Shape): void {
    this.#back(data, shape.points, 0, 0, shape.radices, this.#roots.of(shape));
  }

  /** Passes from number `pass` on over one block; the block is the `index`-th of that pass. */
  #forward(
    data: number,
    points: number,
    pass: number,
    index: number,
    radices: readonly number[],
    roots: readonly number[],
  ): void {
    let blocks = 1;
    for (let i = pass; i < radices.length; i++) {
      const radix = radices[i] as number;
      const stride = points / radix;
      this.#split(radix, data, stride * POINT_BYTES, blocks, addressOf(roots[i], index, radix));
      if (points > BLOCK_POINTS) {
        for (let q = 0; q < radix; q++) {
          const part = data + q * stride * POINT_BYTES;
          this.#forward(part, stride, i + 1, index * radix + q, radices, roots);
        }
        return;
      }
      points = stride;
      blocks *= radix;
      index *= radix;
    }
  }

  #back(
    data: number,
    points: number,
    pass: number,
    index: number,
    radices: readonly number[],
    roots: readonly number[],
  ): void {
    if (pass === radices.length) return;
    const radix = radices[pass] as number;
    const stride = points / radix;
    if (points > BLOCK_POINTS) {
      for (let q = 0; q < radix; q++) {
        const part = data + q * stride * POINT_BYTES;
        this.#back(part, stride, pass + 1, index * radix + q, radices, roots);
      }
      this.#join(radix, data, stride * POINT_BYTES, 1, addressOf(roots[pass], index, radix));
      return;
    }
    let blocks = points;
    let size = 1;
    let first = index * points;
    for (let i = radices.length - 1; i >= pass; i--) {
      const by = radices[i] as number;
      blocks /= by;
      first /= by;
      this.#join(by, data, size * POINT_BYTES, blocks, addressOf(roots[i], first, by));
      size *= by;
    }
  }

  #split(radix: number, data: number, stride: number, blocks: number, roots: number): void {
    const { split2, split3, split4, split5 } = this.#kernel;
    (radix === 4 ? split4 : radix === 2 ? split2 : radix === 3 ? split3 : split5)(
      data,
      stride,
      blocks,
      roots,
    );
  }

  #join(radix: number, data: number, stride: number, blocks: number, roots: number): void {
    const { join2, join3, join4, join5 } = this.#kernel;
    (radix === 4 ? join4 : radix === 2 ? join2 : radix === 3 ? join3 : join5)(
      data,
      stride,
      blocks,
      roots,
    );
  }
}

function addressOf(table: number | undefined, block: number, radix: number): number {
  return (table as number) + block * (radix - 1) * ROOT_BYTES;
}
