import { MAX_LINE, type Setting } from "./setting.ts";

/** Deeper ones are nobody's settings. */
const MAX_DEPTH = 64;
const LINE = /^(\s*)((?:-\s+)*)(?:(["']?)([^"':#\s][^"':#]{0,127}?)\3\s*:(?:\s+(.*))?)?$/;

/**
 * The settings of a YAML text in block style, with the names above them: `server.ssl.key-store-password`.
 *
 * By indentation alone: flow style, anchors, multi-line scalars and tags are not followed.
 */
export function* yamlSettings(text: string): Generator<Setting> {
  const above: { readonly column: number; readonly name: string }[] = [];
  for (const [i, raw] of text.split(/\r\n|\n|\r/).entries()) {
    if (raw.length > MAX_LINE || /^\s*(?:#|$)/.test(raw)) continue;
    const found = LINE.exec(raw.trimEnd());
    const [, indent = "", dashes = "", , name, rest = ""] = found ?? [];
    const column = indent.length + dashes.length;
    if (name === undefined) {
      // `- KEYSTORE_PASSWORD=secret`, as lists of environment variables have it.
      const item = /^\s*-\s+(["']?)([a-z]\w{0,127})=(.*)\1$/i.exec(raw.trimEnd());
      if (item !== null) yield { name: item[2] ?? "", value: item[3] ?? "", line: i + 1 };
      continue;
    }
    while (above.length > 0 && (above.at(-1)?.column ?? 0) >= column) above.pop();
    const value = scalar(rest);
    if (value !== "") {
      yield { name: [...above.map((one) => one.name), name].join("."), value, line: i + 1 };
    }
    if (above.length < MAX_DEPTH) above.push({ column, name });
  }
}

/** A value without its quotes and what is commented behind it; empty where another form of value begins. */
function scalar(text: string): string {
  const quoted = /^(["'])(.*?)\1\s*(?:#.*)?$/.exec(text);
  if (quoted !== null) return quoted[2] ?? "";
  const bare = text.replace(/\s+#.*$/, "").trim();
  return /^(?:[|>][\d+-]*|[[{*&].*)$/.test(bare) ? "" : bare;
}
