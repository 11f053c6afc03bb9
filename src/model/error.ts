/**
 * Every way `pki` can fail, as a stable code. Scripts may match on it; docs/errors.md lists each with
 * its exit code and what to do.
 */
export type ErrorCode =
  | "usage"
  | "file-not-found"
  | "file-exists"
  | "file-changed"
  | "file-unreadable"
  | "file-unwritable"
  | "file-too-large"
  | "file-locked"
  | "format-unknown"
  | "format-malformed"
  | "format-unsupported"
  | "format-cannot-hold"
  | "limit-exceeded"
  | "password-missing"
  | "password-refused"
  | "integrity-mismatch"
  | "integrity-absent"
  | "key-password-wrong"
  | "key-mismatch"
  | "label-unknown"
  | "label-exists"
  | "certificate-exists"
  | "certificate-invalid"
  | "chain-incomplete"
  | "ca-unusable"
  | "name-malformed"
  | "weak-refused"
  | "product-refused"
  | "handshake-failed"
  | "interrupted"
  | "internal";

export interface PkiErrorDetail {
  /** The file, as the user named it. */
  readonly path?: string;
  /** The place inside the file or argument, such as `entries/3/chain/0` or `--subject`. */
  readonly where?: string;
  /** What to do next: one imperative sentence, lower case, no full stop. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The one error type that parsers and use cases throw.
 *
 * `message` is lower case, without a full stop, and never quotes bytes of the file or a password.
 */
export class PkiError extends Error {
  readonly code: ErrorCode;
  readonly path: string | undefined;
  readonly where: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, detail: PkiErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = "PkiError";
    this.code = code;
    this.path = detail.path;
    this.where = detail.where;
    this.hint = detail.hint;
  }

  /** The same error with a path, place or hint filled in where it had none. */
  at(detail: PkiErrorDetail): PkiError {
    const path = this.path ?? detail.path;
    const where = this.where ?? detail.where;
    const hint = this.hint ?? detail.hint;
    return new PkiError(this.code, this.message, {
      ...(path === undefined ? {} : { path }),
      ...(where === undefined ? {} : { where }),
      ...(hint === undefined ? {} : { hint }),
      cause: this.cause ?? this,
    });
  }
}
