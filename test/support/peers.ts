import { describe, it } from "vitest";
import { type PeerName, peer } from "./peer-paths.ts";

export { type PeerName, peer };

/** The first of `names` that is missing, if any. */
export function missingPeer(...names: readonly PeerName[]): PeerName | undefined {
  return names.find((name) => peer(name) === undefined);
}

export const interopRequired = process.env.INTEROP === "required";

/**
 * A `describe` for tests that need peers: skipped, with the missing one in its title, where one is not
 * installed; failing instead where `INTEROP=required`.
 *
 * @param needed - one peer or several
 * @param body - gets the path of each, in the same order
 */
export function describePeer(
  needed: PeerName | readonly PeerName[],
  title: string,
  body: (...paths: string[]) => void,
): void {
  const names = typeof needed === "string" ? [needed] : needed;
  const missing = missingPeer(...names);
  if (missing === undefined) {
    describe(title, () => body(...names.map((name) => peer(name) ?? "")));
  } else if (interopRequired) {
    describe(title, () => {
      it(`needs ${missing}`, () => {
        throw new Error(`${missing} is not installed and INTEROP=required; run scripts/peers.sh`);
      });
    });
  } else {
    describe.skip(`${title} (${missing} is not installed)`, () => it("skipped", () => {}));
  }
}
