import type { ErrorCode } from "../model/error.ts";

/** What the process ends with. docs/errors.md lists the codes by exit code. */
export const Exit = {
  fine: 0,
  failed: 1,
  usage: 2,
  findings: 3,
  password: 4,
  input: 5,
  notFound: 6,
  someFailed: 7,
  interrupted: 130,
} as const;

const BY_CODE: Readonly<Record<ErrorCode, number>> = {
  usage: Exit.usage,
  "name-malformed": Exit.usage,
  "file-not-found": Exit.notFound,
  "label-unknown": Exit.notFound,
  "file-unreadable": Exit.input,
  "file-too-large": Exit.input,
  "format-unknown": Exit.input,
  "format-malformed": Exit.input,
  "format-unsupported": Exit.input,
  "limit-exceeded": Exit.input,
  "integrity-absent": Exit.input,
  "certificate-invalid": Exit.input,
  "password-missing": Exit.password,
  "password-refused": Exit.password,
  "integrity-mismatch": Exit.password,
  "key-password-wrong": Exit.password,
  "file-exists": Exit.failed,
  "file-changed": Exit.failed,
  "file-unwritable": Exit.failed,
  "file-locked": Exit.failed,
  "format-cannot-hold": Exit.failed,
  "key-mismatch": Exit.failed,
  "label-exists": Exit.failed,
  "certificate-exists": Exit.failed,
  "chain-incomplete": Exit.failed,
  "ca-unusable": Exit.failed,
  "weak-refused": Exit.failed,
  "product-refused": Exit.failed,
  "handshake-failed": Exit.failed,
  internal: Exit.failed,
  interrupted: Exit.interrupted,
};

export function exitCodeOf(code: ErrorCode): number {
  return BY_CODE[code];
}
