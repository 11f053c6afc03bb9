import { type Arena, newArena } from "./kernel.ts";
import { type Piece, type Shape, shapeOf } from "./shape.ts";
import { POINT_BYTES, Transforms } from "./transform.ts";

/** Remembers the shapes of products: most come again and again. */
class Shapes {
  readonly #known = new Map<string, Shape>();

  /**
   * @param key - tells all that the pieces depend on
   * @throws RangeError where the numbers are too long
   */
  of(key: string, pieces: () => readonly Piece[], sums = 1): Shape {
    const before = this.#known.get(key);
    if (before !== undefined) return before;
    const shape = shapeOf(pieces(), sums);
    if (shape === undefined) throw new RangeError("too long for a transform");
    this.#known.set(key, shape);
    return shape;
  }
}

/** Parts of the memory that come into being when they are needed, and again where they are too small. */
type Area = "numbers" | "division" | "points";

/** An instance's memory, the transforms in it, and what stays the same from one batch of numbers to the next. */
export class Workspace {
  readonly arena: Arena;
  readonly shapes = new Shapes();
  readonly transforms: Transforms;
  readonly #areas = new Map<Area, { readonly at: number; readonly bytes: number }>();

  constructor(arena: Arena) {
    this.arena = arena;
    this.transforms = new Transforms(arena);
  }

  /** @returns the address of so many bytes; what stood there before is gone where they are more than ever before */
  area(name: Area, bytes: number): number {
    const before = this.#areas.get(name);
    if (before !== undefined && before.bytes >= bytes) return before.at;
    const at = this.arena.allocate(bytes);
    this.#areas.set(name, { at, bytes });
    return at;
  }

  /** @returns where two pairs of numbers of so many points are transformed */
  points(count: number): { readonly one: number; readonly two: number } {
    const one = this.area("points", 2 * count * POINT_BYTES);
    return { one, two: one + count * POINT_BYTES };
  }
}

/** @returns undefined where `newArena` gives none */
export function newWorkspace(): Workspace | undefined {
  const arena = newArena();
  return arena === undefined ? undefined : new Workspace(arena);
}
