import type { Notice } from "../app/outcome.ts";
import { safe } from "./safe.ts";

/** `pki: warning: PATH: LABEL: message`. */
export function noticeText(notice: Notice): string {
  const { level, path, label, message } = notice;
  const parts = [path, label === undefined ? undefined : `"${label}"`, message];
  const line = parts.filter((part) => part !== undefined).map((part) => safe(part));
  return `pki: ${level}: ${line.join(": ")}\n`;
}

export function noticeJson(notice: Notice): Readonly<Record<string, string>> {
  const { level, message, path, label } = notice;
  return {
    level,
    message,
    ...(path === undefined ? {} : { path }),
    ...(label === undefined ? {} : { label }),
  };
}
