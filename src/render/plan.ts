import type { FileAppend, FileWrite } from "../io/host.ts";
import { safe } from "./safe.ts";

/** What a dry run would have written, one file a paragraph. */
export function planText(
  writes: readonly FileWrite[],
  appends: readonly FileAppend[] = [],
): string {
  if (writes.length + appends.length === 0) return "nothing to write\n";
  const lines = appends.map(({ path }) => `would add a line to ${safe(path)}`);
  for (const write of writes) {
    lines.push(`would ${"absent" in write.expect ? "make" : "change"} ${safe(write.path)}`);
    for (const change of write.summary) lines.push(`  ${safe(change)}`);
  }
  lines.push("dry run: nothing was written");
  return `${lines.join("\n")}\n`;
}

export interface WriteJson {
  readonly path: string;
  /** True where the file did not exist. */
  readonly new: boolean;
  readonly changes: readonly string[];
}

export function writesJson(writes: readonly FileWrite[]): readonly WriteJson[] {
  return writes.map(({ path, expect, summary }) => ({
    path,
    new: "absent" in expect,
    changes: summary,
  }));
}
