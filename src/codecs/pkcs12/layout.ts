import type { Entry } from "../../model/store.ts";
import type { Mac } from "./mac.ts";
import type { PasswordForm } from "./password-form.ts";
import type { Safe } from "./safe.ts";

/**
 * How a file is built, remembered so that it can be written again the same way. What
 * `Container.rest.pkcs12` holds.
 */
export interface Layout {
  readonly safes: readonly Safe[];
  /** Undefined where the file has none; writing adds one. */
  readonly mac?: Mac;
  readonly form: PasswordForm;
  /** What `container.protection` was: another value on writing means that all is to be sealed anew. */
  readonly protection: string;
  /** The file itself, given back where nothing was changed. */
  readonly original?: { readonly bytes: Uint8Array; readonly entries: readonly Entry[] };
}
