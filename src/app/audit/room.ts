import type { SpillSetting } from "../../audit/spill.ts";
import type { Host } from "../../io/host.ts";

/** Less is never too much: how much memory there is, is not even asked. */
const SMALL = 2 * 1024 * 1024;
/** More is not kept, however much memory there is. */
const MOST = 112 * 1024 * 1024;
/** The part of the memory that the inventory may take; findings half as much. */
const SHARE = 12;

/**
 * What an audit may keep in memory, and the temporary file for the rest: where Node's heap may grow to 4 GiB, as
 * it may on most machines, 112 MiB of inventory, which are some 105,000 certificates.
 */
export function roomOf({ scratch }: Host): SpillSetting {
  let most: number | undefined;
  return {
    isOver(weight) {
      if (weight < SMALL) return false;
      most ??= Math.min(MOST, scratch.memory() / SHARE);
      return weight > most;
    },
    open: () => scratch.open(),
  };
}
