/** A name and its value, as a configuration file has them. */
export interface Setting {
  /** As written; in YAML with those above it, `server.ssl.key-store-password`. */
  readonly name: string;
  readonly value: string;
  /** Of the value's first character, from 1. */
  readonly line: number;
  /** XML: the elements that it stands in, the innermost last, in lower case. */
  readonly inside?: readonly string[];
}

/** Longer lines are data. */
export const MAX_LINE = 4096;
