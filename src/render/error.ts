import type { PkiError } from "../model/error.ts";
import { safe } from "./safe.ts";

/** `pki: error: PATH: WHERE: message (code)`, and the hint on a line of its own. */
export function errorText(error: PkiError): string {
  const { path, where, message, code, hint } = error;
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
  const { code, message, path, where, hint } = error;
  return {
    code,
    message,
    ...(path === undefined ? {} : { path }),
    ...(where === undefined ? {} : { where }),
    ...(hint === undefined ? {} : { hint }),
  };
}
