import { auditThread } from "../app/audit/thread-task.ts";
import { nodeHost } from "../io/node-host.ts";
import { serveThread } from "../io/node-threads.ts";

// What a thread of `pki audit` runs: the start of dist/pki-thread.cjs.
serveThread((setup: Parameters<typeof auditThread>[1]) =>
  auditThread(nodeHost(), setup, () => performance.now()),
);
