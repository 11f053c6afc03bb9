import {
  type ChainHash,
  HASH_SHAPES,
  INITIAL,
  type Instance,
  instance,
  KERNELS,
  type Kernel,
  MASK,
  PAD,
  takeDigest,
} from "./chain.ts";

/**
 * Hashes the parts one after the other with the WebAssembly kernel of the PKCS#12 key derivation, which is
 * there in half a millisecond (FIPS 180-4 §5.1, §6). Copies and the kernel's memory are wiped.
 *
 * @returns undefined for a hash that has no kernel (MD5), and in an engine without WebAssembly
 */
export function kernelDigest(
  name: ChainHash,
  parts: readonly Uint8Array[],
): Uint8Array | undefined {
  const kernel = KERNELS[name];
  const engine = kernel === undefined ? undefined : instance(kernel.name);
  if (kernel === undefined || engine === undefined) return undefined;
  const shape = HASH_SHAPES[name];
  const message = padded(parts, shape.block);
  compress(engine, kernel, new DataView(message.buffer), shape.block);
  message.fill(0);
  return takeDigest(engine, kernel, shape);
}

/**
 * The state of a hash behind one block of input: what HMAC has from each of its pads (RFC 2104).
 *
 * @param block - one block, exactly; not changed
 * @returns the state's octets
 * @throws Error in an engine without WebAssembly: the caller has seen that there is
 */
export function stateBehind(name: "sha1" | "sha256", block: Uint8Array<ArrayBuffer>): Uint8Array {
  const kernel = KERNELS[name] as Kernel;
  const engine = instance(kernel.name);
  if (engine === undefined) throw new Error("no WebAssembly");
  const shape = HASH_SHAPES[name];
  compress(engine, kernel, new DataView(block.buffer, block.byteOffset, shape.block), shape.block);
  return takeDigest(engine, kernel, shape);
}

/** The message, an octet 80, zeros, and its length in bits: whole blocks. */
function padded(parts: readonly Uint8Array[], block: number): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const lengthOctets = block / 8;
  const out = new Uint8Array(Math.ceil((length + 1 + lengthOctets) / block) * block);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  out[at] = 0x80;
  const view = new DataView(out.buffer);
  view.setUint32(out.length - 4, length * 8);
  view.setUint32(out.length - 8, Math.floor(length / 0x2000_0000));
  return out;
}

/**
 * Runs the compression function over the blocks. The kernel takes the first half of a message from the
 * digest where the mask has ones, the rest from PAD: with a mask of zeros, all of it from PAD.
 */
function compress(
  { view, run }: Instance,
  { name, initial }: Kernel,
  message: DataView,
  block: number,
): void {
  const words = block / 4;
  // Words are in native order inside the kernel; the halves of a 64-bit word change places.
  const swap = name === "sha512" ? 1 : 0;
  const memory = new Int32Array(view.buffer);
  for (let i = 0; 8 * i < initial.length; i++) {
    memory[i ^ swap] = Number.parseInt(initial.slice(8 * i, 8 * i + 8), 16);
  }
  memory.fill(0, MASK / 4, PAD / 4);
  for (let at = 0; at < message.byteLength; at += block) {
    memory.copyWithin(INITIAL / 4, 0, 16);
    for (let i = 0; i < words; i++) memory[PAD / 4 + (i ^ swap)] = message.getInt32(at + 4 * i);
    run(1);
  }
}
