import { deflateRawSync } from "node:zlib";
import { concat } from "../../src/bytes/octets.ts";

/** A file of an archive. */
export interface ArchiveMember {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function numbers(...parts: readonly (readonly [bytes: number, value: number])[]): Uint8Array {
  const out: number[] = [];
  for (const [bytes, value] of parts) {
    for (let i = 0; i < bytes; i++) out.push(Math.floor(value / 256 ** i) % 256);
  }
  return Uint8Array.from(out);
}

/** A ZIP file (APPNOTE 6.3.10), deflated. `claimed` puts another size into the directory than the member has. */
export function zipOf(members: readonly ArchiveMember[], claimed?: number): Uint8Array {
  const text = new TextEncoder();
  const locals: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes } of members) {
    const packed = new Uint8Array(deflateRawSync(bytes));
    const nameBytes = text.encode(name);
    const size = claimed ?? bytes.length;
    const shared = [
      [2, 20],
      [2, 0],
      [2, 8],
      [2, 0],
      [2, 0x5c21],
      [4, 0], // the CRC is nobody's business here: keystores have better
      [4, packed.length],
      [4, size],
      [2, nameBytes.length],
      [2, 0],
    ] as const;
    const local = concat([numbers([4, 0x04034b50], ...shared), nameBytes, packed]);
    central.push(
      numbers([4, 0x02014b50], [2, 20], ...shared, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]),
      nameBytes,
    );
    locals.push(local);
    at += local.length;
  }
  const directory = concat(central);
  const count = members.length;
  const end = numbers(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, directory.length],
    [4, at],
    [2, 0],
  );
  return concat([...locals, directory, end]);
}

/** A tar file as POSIX has it (ustar). */
export function tarOf(members: readonly ArchiveMember[]): Uint8Array {
  const text = new TextEncoder();
  const blocks: Uint8Array[] = [];
  for (const { name, bytes } of members) {
    const header = new Uint8Array(512);
    header.set(text.encode(name), 0);
    header.set(text.encode("0000600\u00000000000\u00000000000\u0000"), 100);
    header.set(text.encode(`${bytes.length.toString(8).padStart(11, "0")}\u0000`), 124);
    header.set(text.encode("14000000000\u0000"), 136);
    header.set(text.encode("0"), 156);
    header.set(text.encode("ustar\u000000"), 257);
    blocks.push(header, bytes, new Uint8Array((512 - (bytes.length % 512)) % 512));
  }
  return concat([...blocks, new Uint8Array(1024)]);
}
