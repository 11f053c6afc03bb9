import { columnsOf, cutTo, safe } from "../../safe.ts";

/**
 * Paths as the nodes of a drawing show them: whole where they fit, else the file's name and the directory that tells
 * it from the others of that name: `…shop-2/…/key.p12`. Fifty services have one layout, so the end alone would
 * be the same for all.
 *
 * @param width - in columns. @returns safe text for each path
 */
export function shortPaths(paths: readonly string[], width: number): ReadonlyMap<string, string> {
  const alike = new Map<string, string[][]>();
  for (const path of paths) {
    const parts = path.split("/");
    const group = alike.get(parts.at(-1) as string);
    if (group === undefined) alike.set(parts.at(-1) as string, [parts]);
    else group.push(parts);
  }
  return new Map(
    paths.map((path) => {
      if (columnsOf(safe(path)) <= width) return [path, safe(path)];
      const parts = path.split("/");
      const base = parts.at(-1) as string;
      const others = (alike.get(base) ?? []).filter((other) => other.join("/") !== path);
      const behind = others.length === 0 ? -1 : telling(parts, others);
      // Right before the name the end of the path says it all.
      if (behind < 3) return [path, endOf(path, width)];
      const tail = `/…/${safe(base)}`;
      const room = width - columnsOf(tail);
      if (room < LEAST) return [path, endOf(path, width)];
      const part = parts.at(-behind) as string;
      const fits = columnsOf(safe(part)) < room;
      const before = fits ? (behind === parts.length ? part : `…${part}`) : part;
      return [path, `${endOf(before, room)}${tail}`];
    }),
  );
}

/** A directory's name that is cut shorter than this says nothing. */
const LEAST = 6;

/** Which part, counted from the end, is another one in most of the other paths; the nearest to the name of those. */
function telling(parts: readonly string[], others: readonly (readonly string[])[]): number {
  let best = 2;
  let most = -1;
  for (let behind = 2; behind <= parts.length; behind++) {
    const told = others.filter((other) => other.at(-behind) !== parts.at(-behind)).length;
    if (told > most) {
      best = behind;
      most = told;
    }
  }
  return best;
}

/** The last columns of a text, behind an ellipsis where it is longer. */
function endOf(text: string, width: number): string {
  const clean = safe(text);
  if (columnsOf(clean) <= width) return clean;
  let out = "";
  for (const character of [...clean].reverse()) {
    if (columnsOf(character) + columnsOf(out) > width - 1) break;
    out = character + out;
  }
  return cutTo(`…${out}`, width);
}
