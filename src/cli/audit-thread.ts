import { type LANE_SETUP, laneThread } from "../app/audit/lane-threads.ts";
import { auditThread, type ThreadSetup } from "../app/audit/thread-task.ts";
import { nodeHost } from "../io/node-host.ts";
import { serveThread } from "../io/node-threads.ts";

// What a thread of `pki audit` runs: the start of dist/pki-thread.cjs.
const clock = (): number => performance.now();
serveThread((setup: ThreadSetup | typeof LANE_SETUP) =>
  "lanes" in setup ? laneThread(clock) : auditThread(nodeHost(), setup, clock),
);
