import { nodeHost } from "../io/node-host.ts";
import { main } from "./main.ts";

/** Runs the program with the process's own arguments; its exit code is the process's. */
export function runProgram(): void {
  // Setting the code instead of calling exit lets nothing be cut off; writes are synchronous anyway.
  main(nodeHost(), process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
