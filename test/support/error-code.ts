import { PkiError } from "../../src/model/error.ts";

/** The code of the error that `run` ends in, or `none`; any error but ours is thrown on. */
export function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
  return "none";
}
