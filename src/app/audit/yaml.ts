import type { Located, LocatedMember, Position } from "../../audit/located.ts";
import { PkiError } from "../../model/error.ts";

/** Longest settings file. */
export const MAX_SETTINGS_BYTES = 4 * 1024 * 1024;
const MAX_DEPTH = 32;

/**
 * Reads YAML 1.2 (https://yaml.org/spec/1.2.2) into values that know where they stand.
 *
 * @throws PkiError `usage` with `where` such as `3:5`; aliases and merge keys are refused
 */
export async function readYaml(bytes: Uint8Array): Promise<Located> {
  const { parseDocument, LineCounter, isAlias, isMap, isScalar, isSeq } = await import("yaml");
  const lines = new LineCounter();
  const text = new TextDecoder().decode(bytes);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const fail = (offset: number, message: string): never => {
    const { line, column } = positionOf(offset);
    throw new PkiError("usage", message, { where: `${line}:${column}` });
  };
  const [error] = document.errors;
  if (error !== undefined) {
    // The library's text may quote the file: only its first line, without the end of a sentence.
    fail(error.pos[0], (error.message.split("\n")[0] ?? "").replace(/\.$/, "").toLowerCase());
  }
  const convert = (node: unknown, depth: number): Located => {
    const offset = (node as { range?: [number, number, number] | null } | null)?.range?.[0] ?? 0;
    const at = positionOf(offset);
    if (depth > MAX_DEPTH) return fail(offset, "this nests too deeply");
    if (node === null || node === undefined) return { kind: "scalar", at, value: null };
    if (isAlias(node)) return fail(offset, "aliases are not taken here");
    if (isSeq(node)) {
      return { kind: "list", at, items: node.items.map((item) => convert(item, depth + 1)) };
    }
    if (isMap(node)) {
      const members = node.items.map(({ key, value }): LocatedMember => {
        const place = (key as { range?: [number, number, number] }).range?.[0] ?? offset;
        if (!isScalar(key)) return fail(place, "a name must be text");
        return {
          key: String(key.value),
          at: positionOf(place),
          value: convert(value, depth + 1),
        };
      });
      return { kind: "map", at, members };
    }
    const value = isScalar(node) ? node.value : undefined;
    if (value === null || ["string", "number", "boolean"].includes(typeof value)) {
      return { kind: "scalar", at, value: value as string | number | boolean | null };
    }
    return fail(offset, "this kind of value is not taken here");
  };
  return convert(document.contents, 0);
}
