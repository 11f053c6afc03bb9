import type { FileAppend, FileWrite } from "../io/host.ts";

/** Something the user should know beside the result; goes to stderr, or into `notices` with --json. */
export interface Notice {
  readonly level: "warning" | "note";
  readonly message: string;
  readonly path?: string;
  readonly label?: string;
}

/** What a use case intends: the result to show, and what to write. Only `io/commit.ts` writes. */
export interface Outcome<Result> {
  readonly result: Result;
  readonly notices: readonly Notice[];
  readonly appends: readonly FileAppend[];
  readonly writes: readonly FileWrite[];
}
