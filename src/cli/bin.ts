import { nodeHost } from "../io/node-host.ts";
import { main } from "./main.ts";

// Setting the code instead of calling exit lets nothing be cut off; writes are synchronous anyway.
main(nodeHost(), process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
