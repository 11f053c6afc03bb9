import fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { toHex } from "../bytes/octets.ts";
import { holderOfThisProcess, isDead, readHolder } from "./lock-holder.ts";
import { systemCode } from "./system-error.ts";

/** How long a free lock is left to the one whose turn it is, for each place before ours. */
export const PATIENCE_MS = 1000;
/** The number in a ticket's name has at most 15 digits. */
const LAST_NUMBER = 10 ** 15 - 1;

/**
 * A place in the queue for a lock: a file `.<name>.lock.queue.<number>.<nonce>` beside it.
 *
 * The queue is a courtesy that keeps the order of arrival; only the lock file lets anybody in. So a
 * ticket may vanish, show late or have another's number, and the worst is another order. The number is
 * one above the highest there, hence no clocks are compared.
 */
export class Ticket {
  readonly #directory: string;
  readonly #own: string;
  readonly #name: string;
  readonly #content: string;
  /** The ticket whose turn it is while the lock is free, and since when. */
  #head: { readonly name: string; readonly since: number } | undefined;

  /** @param path - the file that the lock protects */
  constructor(path: string, random: (count: number) => Uint8Array) {
    this.#directory = dirname(path);
    this.#own = basename(path);
    const nonce = toHex(random(8));
    const highest = this.#names().reduce((most, name) => Math.max(most, numberOf(name)), 0);
    this.#name = `${prefixOf(this.#own)}${Math.min(LAST_NUMBER, highest + 1)}.${nonce}`;
    this.#content = `${JSON.stringify(holderOfThisProcess(nonce))}\n`;
    this.#place();
  }

  /**
   * How many are before us: 0 when it is our turn to take the lock.
   *
   * Tickets of dead processes do not count. Where the lock stays free though somebody is before us,
   * that one is stopped, or dead in a way that cannot be known from here (another machine): after
   * `PATIENCE_MS` for each place it is our turn.
   *
   * @param free - nobody holds the lock
   * @param now - milliseconds of a clock that only goes forward
   */
  before(free: boolean, now: number): number {
    const names = this.#names();
    if (!names.includes(this.#name)) this.#place();
    const before = names.filter((name) => compareTickets(name, this.#name) < 0);
    before.sort(compareTickets);
    while (before[0] !== undefined && isDeadTicket(join(this.#directory, before[0]))) {
      this.#remove(before.shift() as string);
    }
    const [head] = before;
    if (head === undefined) return 0;
    if (!free) {
      this.#head = undefined;
      return before.length;
    }
    if (this.#head?.name !== head) this.#head = { name: head, since: now };
    return now - this.#head.since >= PATIENCE_MS * before.length ? 0 : before.length;
  }

  /** With the lock taken: gives up the place, and those of all who let their turn pass. */
  served(): void {
    // Who is alive after all takes the same ticket again.
    for (const name of this.#names()) {
      if (compareTickets(name, this.#name) <= 0) this.#remove(name);
    }
  }

  /** Gives up the place. Synchronous and safe to call twice. */
  leave(): void {
    this.#remove(this.#name);
  }

  #names(): readonly string[] {
    return fs.readdirSync(this.#directory).filter((name) => isTicket(name, this.#own));
  }

  #place(): void {
    try {
      fs.writeFileSync(join(this.#directory, this.#name), this.#content, {
        flag: "wx",
        mode: 0o600,
      });
    } catch (error) {
      // A network file system may show the directory as it was a while ago, without our ticket.
      if (systemCode(error) !== "EEXIST") throw error;
    }
  }

  #remove(name: string): void {
    fs.rmSync(join(this.#directory, name), { force: true });
  }
}

/** Does anybody wait for the lock of `path`? `names` are those of its directory. */
export function isQueued(path: string, names: readonly string[]): boolean {
  return names.some(
    (name) => isTicket(name, basename(path)) && !isDeadTicket(join(dirname(path), name)),
  );
}

/** Is this the name of a ticket for the lock of the file called `own`? */
export function isTicket(name: string, own: string): boolean {
  const prefix = prefixOf(own);
  return name.startsWith(prefix) && /^\d{1,15}\.[0-9a-f]{16}$/.test(name.slice(prefix.length));
}

/** One that is being written has nothing yet to judge by, and counts. */
function isDeadTicket(path: string): boolean {
  const holder = readHolder(path)?.holder;
  return holder !== undefined && isDead(holder);
}

function prefixOf(own: string): string {
  return `.${own}.lock.queue.`;
}

function numberOf(ticket: string): number {
  return Number(ticket.split(".").at(-2));
}

function compareTickets(a: string, b: string): number {
  return numberOf(a) - numberOf(b) || (a < b ? -1 : a > b ? 1 : 0);
}
