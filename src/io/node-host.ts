import { randomBytes } from "node:crypto";
import type { Host } from "./host.ts";
import { type Interruptible, nodeFiles } from "./node-files.ts";
import { nodeScratch } from "./node-scratch.ts";
import { nodeTerminal } from "./node-terminal.ts";

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The real host. The `node-*.ts` files of this folder are the only importers of node:fs, node:tty and node:os. */
export function nodeHost(): Host {
  const random = (count: number) => new Uint8Array(randomBytes(count));
  const interrupts = interruptions();
  return {
    now: () => {
      const now = new Date();
      now.setUTCMilliseconds(0);
      return now;
    },
    random,
    env: (name) => process.env[name],
    processId: process.pid,
    files: nodeFiles(interrupts, random),
    scratch: nodeScratch(interrupts, random),
    terminal: nodeTerminal(),
    tls: {
      // Loaded late: node:tls costs more to load than most commands take.
      async handshake(...ends) {
        const { nodeTls } = await import("./tls.ts");
        return await nodeTls.handshake(...ends);
      },
    },
    async threads() {
      const { nodeThreads } = await import("./node-threads.ts");
      return nodeThreads();
    },
    git: {
      async run(directory, args) {
        const { runGit } = await import("./git.ts");
        return await runGit(directory, args);
      },
    },
  };
}

/**
 * Undoes what is registered when a signal comes, then ends with the signal's exit code. Signals arrive
 * between turns of the event loop, so never between the renames of one commit.
 */
function interruptions(): Interruptible {
  const undos = new Set<() => void>();
  let listening = false;
  const listen = () => {
    listening = true;
    for (const [signal, code] of Object.entries(SIGNALS)) {
      process.on(signal, () => {
        for (const undo of undos) undo();
        process.exit(code);
      });
    }
  };
  return {
    onInterrupt(undo) {
      if (!listening) listen();
      undos.add(undo);
      return () => undos.delete(undo);
    },
  };
}
