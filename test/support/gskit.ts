import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

/** One connection attempt: paths are absolute; either a stash or a password opens the store. */
export interface GskitAttempt {
  readonly store: string;
  readonly port: number;
  readonly stash?: string;
  readonly password?: string;
  /** The client certificate to present; GSKit picks one itself where it is left out. */
  readonly label?: string;
}

export interface GskitAnswer {
  /** GSKit's own code, null where the driver gave none. 420 is success: the server hung up after the handshake. */
  readonly code: number | null;
  readonly text: string;
}

/**
 * GSKit behind the Db2 driver, in one Python process that takes many attempts, one after another.
 * The codes are explained in docs/interop.md.
 */
export class Gskit {
  readonly #child: ChildProcess;
  readonly #waiting: ((line: string) => void)[] = [];

  /** @param python - the interpreter that has the driver: `peer("gskit")` */
  constructor(python: string) {
    this.#child = spawn(python, [resolve("test/support/python/gskit.py")], {
      stdio: ["pipe", "pipe", "inherit"],
      // English messages whatever the machine's locale, and no retries: they come five seconds apart.
      env: { ...process.env, LC_ALL: "C.UTF-8", DB2_MAX_CLIENT_CONNRETRIES: "0" },
    });
    if (this.#child.stdout === null) throw new Error("gskit has no standard output");
    createInterface(this.#child.stdout).on("line", (line) => {
      // The native driver prints an empty line of its own with some failures.
      if (line.startsWith("{")) this.#waiting.shift()?.(line);
    });
    this.#child.on("exit", () => {
      for (const wake of this.#waiting.splice(0)) wake('{"code":null,"text":"gskit.py ended"}');
    });
  }

  connect(attempt: GskitAttempt): Promise<GskitAnswer> {
    return new Promise((wake) => {
      this.#waiting.push((line) => wake(JSON.parse(line) as GskitAnswer));
      this.#child.stdin?.write(`${JSON.stringify(attempt)}\n`);
    });
  }

  stop(): void {
    this.#child.stdin?.end();
  }
}
