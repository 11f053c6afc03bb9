import { Recent } from "../bytes/recent.ts";

/**
 * Where an audit puts what outgrows memory: one file that only this process sees, whose contents end with it.
 *
 * Neither private keys nor passwords are ever written to it.
 */
export interface Spill {
  /** @throws PkiError `file-unwritable`, as where the disk is full */
  write(bytes: Uint8Array, position: number): void;
  /** Fills `into`. @throws PkiError `file-unreadable` */
  read(into: Uint8Array, position: number): void;
}

/** How much an audit may keep in memory of what it compares, and where the rest goes. */
export interface SpillSetting {
  /** Whether the inventory, or the findings, are more than they may be. @param weight - estimated octets of it */
  isOver(weight: number): boolean;
  /** Asked once, when they are used up. @throws PkiError `file-unwritable` */
  open(): Spill;
}

/** Octets written at once. */
const BUFFER = 256 * 1024;
/** Octets read at once, and how many of such blocks are kept. A record has about a sixth of one. */
const BLOCK = 4096;
const BLOCKS = 2048;
const LENGTH = 4;

/**
 * Entries of any length one behind the other, appended and read by their offset.
 *
 * A failure to write or read is kept as well as thrown: rules are asked under a guard, which must not take it
 * for a fault of a rule.
 */
export class SpillLog {
  readonly #spill: Spill;
  readonly #blocks = new Recent<Uint8Array, number>(BLOCKS);
  #buffer = new Uint8Array(BUFFER);
  /** Offset of the buffer's beginning. */
  #written = 0;
  #used = 0;
  #failure: unknown;

  constructor(spill: Spill) {
    this.#spill = spill;
  }

  /** What the file ran into; undefined while all is well. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Octets of all entries. */
  get size(): number {
    return this.#written + this.#used;
  }

  /** @returns the entry's offset */
  append(entry: Uint8Array): number {
    const needed = LENGTH + entry.length;
    if (this.#used + needed > this.#buffer.length) {
      this.#flush();
      if (needed > this.#buffer.length) this.#buffer = new Uint8Array(needed);
    }
    const offset = this.size;
    const at = this.#used;
    new DataView(this.#buffer.buffer).setUint32(at, entry.length);
    this.#buffer.set(entry, at + LENGTH);
    this.#used += needed;
    return offset;
  }

  /** A copy of the entry at `offset`, or of its first `most` octets. */
  read(offset: number, most = Number.POSITIVE_INFINITY): Uint8Array {
    const head = this.#octets(offset, LENGTH);
    const length = new DataView(head.buffer, head.byteOffset).getUint32(0);
    return this.#octets(offset + LENGTH, Math.min(length, most));
  }

  #octets(offset: number, length: number): Uint8Array {
    if (offset >= this.#written) {
      const at = offset - this.#written;
      return this.#buffer.slice(at, at + length);
    }
    const out = new Uint8Array(length);
    // An entry is either in the file or in the buffer: it was never cut.
    for (let at = 0; at < length; ) {
      const position = offset + at;
      const from = position % BLOCK;
      const block = this.#block(position - from);
      const part = block.subarray(from, from + length - at);
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  #block(position: number): Uint8Array {
    const known = this.#blocks.get(position);
    const length = Math.min(BLOCK, this.#written - position);
    // The last one of the file may have grown since.
    if (known !== undefined && known.length === length) return known;
    const block = new Uint8Array(length);
    this.#guard(() => this.#spill.read(block, position));
    this.#blocks.set(position, block);
    return block;
  }

  #flush(): void {
    const { length } = this.#buffer;
    this.#guard(() => this.#spill.write(this.#buffer.subarray(0, this.#used), this.#written));
    this.#written += this.#used;
    this.#used = 0;
    if (length > BUFFER) this.#buffer = new Uint8Array(BUFFER);
  }

  #guard(work: () => void): void {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      work();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }
}

/** What the parts of one audit share: how much they may keep, and the file for the rest. */
export class SpillSpace {
  readonly #setting: SpillSetting;
  #log: SpillLog | undefined;
  #unopened: unknown;

  constructor(setting: SpillSetting) {
    this.#setting = setting;
  }

  /** As of the setting. */
  isOver(weight: number): boolean {
    return this.#setting.isOver(weight);
  }

  /** Opened by the first that needs it. @throws PkiError `file-unwritable` */
  get log(): SpillLog {
    try {
      this.#log ??= new SpillLog(this.#setting.open());
    } catch (error) {
      this.#unopened = error;
      throw error;
    }
    return this.#log;
  }

  /** As of the log, or why there is none. */
  get failure(): unknown {
    return this.#unopened ?? this.#log?.failure;
  }
}
