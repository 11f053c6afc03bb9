import { wasmExports } from "../../crypto/chain.ts";
import { PRODUCTS_WASM } from "./products-wasm.ts";

/** (data, stride in bytes, blocks, address of the roots): one pass of a transform. */
type Pass = (data: number, stride: number, blocks: number, roots: number) => void;
/** (a, b, points) */
type Pointwise = (a: number, b: number, points: number) => void;

/** What the module exports: scripts/products-wasm.ts tells what each of them does. Addresses are in bytes. */
export interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly split2: Pass;
  readonly split3: Pass;
  readonly split4: Pass;
  readonly split5: Pass;
  readonly join2: Pass;
  readonly join3: Pass;
  readonly join4: Pass;
  readonly join5: Pass;
  readonly combine: Pointwise;
  readonly spread: Pointwise;
  readonly multiply: Pointwise;
  readonly spreadDigits: (
    to: number,
    points: number,
    bits: number,
    stage: number,
    one: number,
    oneBytes: number,
    other: number,
    otherBytes: number,
  ) => void;
  readonly gatherDigits: (
    from: number,
    points: number,
    bits: number,
    scale: number,
    first: number,
    carries: number,
    skip: number,
    to: number,
    other: number,
    words: number,
  ) => void;
  readonly divisor: (a: number, b: number, words: number) => number;
}

const PAGE = 65_536;
/** What the memory of a new instance has. */
const FIRST_BYTES = PAGE;
/** Pages that are asked for at once: what is not written to takes no memory, but each asking takes time. */
const PAGES_AT_ONCE = 256;

/**
 * The memory of one instance, handed out piece by piece and never taken back: it is free when nobody holds the
 * instance any more.
 */
export class Arena {
  readonly kernel: Kernel;
  #end = 0;
  #size = FIRST_BYTES;
  #words: Uint32Array;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.#words = new Uint32Array(kernel.memory.buffer);
  }

  /** All of the memory; another view after each `allocate`. */
  get words(): Uint32Array {
    return this.#words;
  }

  /**
   * @returns the address of so many bytes, a multiple of 64
   * @throws RangeError where there is no such memory
   */
  allocate(bytes: number): number {
    const at = this.#end;
    this.#end = Math.ceil((at + bytes) / 64) * 64;
    const needed = Math.ceil((this.#end - this.#size) / PAGE);
    if (needed > 0) {
      const missing = Math.max(needed, PAGES_AT_ONCE);
      this.kernel.memory.grow(missing);
      this.#size += missing * PAGE;
      this.#words = new Uint32Array(this.kernel.memory.buffer);
    }
    return at;
  }
}

/** @returns undefined where the engine has no WebAssembly or no vectors, or the processor has its highest octets first */
export function newArena(): Arena | undefined {
  // WebAssembly's memory has the lowest first everywhere, JavaScript's views of it have the processor's order.
  if (new Uint8Array(Uint32Array.of(1).buffer)[0] !== 1) return undefined;
  const kernel = wasmExports<string>(PRODUCTS_WASM) as Kernel | undefined;
  return kernel === undefined ? undefined : new Arena(kernel);
}
