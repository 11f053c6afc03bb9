import type { PkiError } from "../model/error.ts";
import { safe } from "./safe.ts";

/** The next step for whoever reads a file's fault; where it was found, only the place is known. */
const DAMAGED =
  "the file is damaged or was cut off: fetch it again, in binary mode, or take a backup";

function hintOf({ code, hint, path }: PkiError): string | undefined {
  return hint ?? (code === "format-malformed" && path !== undefined ? DAMAGED : undefined);
}

/** `pki: error: PATH: WHERE: message (code)`, and the hint on a line of its own. */
export function errorText(error: PkiError): string {
  const { path, where, message, code } = error;
  const hint = hintOf(error);
  const place = [path, where].filter((part) => part !== undefined && part !== "");
  const line = [...place, `${message} (${code})`].map((part) => safe(part as string)).join(": ");
  return `pki: error: ${line}\n${hint === undefined ? "" : `pki: hint: ${safe(hint)}\n`}`;
}

export interface ErrorJson {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  readonly where?: string;
  readonly hint?: string;
}

export function errorJson(error: PkiError): ErrorJson {
  const { code, message, path, where } = error;
  const hint = hintOf(error);
  return {
    code,
    message,
    ...(path === undefined ? {} : { path }),
    ...(where === undefined ? {} : { where }),
    ...(hint === undefined ? {} : { hint }),
  };
}
