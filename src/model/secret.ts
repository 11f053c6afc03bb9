/** What node:util calls `inspect.custom`; asking node:util for it would load all of that. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * Bytes that must not be shown: a password or a private key.
 *
 * It has no string, JSON or inspect form (each gives `[secret]`). The bytes are reached only inside
 * `use`, and `dispose` overwrites them. JavaScript cannot promise more: a string made from them, or
 * a copy that a library took, is out of reach (see SECURITY.md).
 */
export class Secret {
  #bytes: Uint8Array;
  #disposed = false;

  /** Takes ownership of `bytes`: the caller must not keep or change them. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A password typed or configured as text; its bytes are UTF-8. */
  static fromText(text: string): Secret {
    return new Secret(new TextEncoder().encode(text));
  }

  /** Length in bytes. */
  get length(): number {
    return this.#bytes.length;
  }

  /**
   * Runs `reader` over the bytes themselves (no copy). The view must not outlive the call unless it
   * is copied into another Secret.
   *
   * @throws Error when the secret was disposed of: a programming error
   */
  use<T>(reader: (bytes: Uint8Array) => T): T {
    if (this.#disposed) throw new Error("secret used after dispose");
    return reader(this.#bytes);
  }

  /** True when both hold the same bytes; the time taken depends on the lengths only. */
  equals(other: Secret): boolean {
    return this.use((a) =>
      other.use((b) => {
        let difference = a.length ^ b.length;
        for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
        return difference === 0;
      }),
    );
  }

  copy(): Secret {
    return this.use((bytes) => new Secret(bytes.slice()));
  }

  /** Overwrites the bytes with zeros. Safe to call twice. */
  dispose(): void {
    this.#bytes.fill(0);
    this.#disposed = true;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [INSPECT](): string {
    return "[secret]";
  }
}
