import type { Place } from "../model/finding.ts";
import { partOf, pathsOf } from "./inventory-part.ts";
import type { InventoryView } from "./inventory-view.ts";
import type { InventoryContext, InventoryRule, InventoryVerdict } from "./rule.ts";
import type { RuleSetting, RunOptions } from "./run.ts";

/** A verdict at one of its places, by the setting that holds there. */
export interface Compared {
  readonly setting: RuleSetting;
  readonly place: Place;
  readonly verdict: InventoryVerdict;
}

/**
 * A rule that compares, by the settings of each path: where it is off it does not look, and where its
 * parameters are others it judges by those.
 */
export function* compared(
  rule: InventoryRule,
  view: InventoryView,
  { settings, everywhere }: Pick<RunOptions, "settings" | "everywhere">,
  contextOf: (setting: RuleSetting) => InventoryContext,
): Iterable<Compared> {
  if (everywhere && settings(rule, "") === undefined) return;
  const known = new Map<string, RuleSetting | undefined>();
  const settingAt = (path: string): RuleSetting | undefined => {
    const asked = everywhere ? "" : path;
    if (!known.has(asked)) known.set(asked, settings(rule, asked));
    return known.get(asked);
  };
  const paths = everywhere ? [""] : pathsOf(view);
  const bySetting = new Map<string, RuleSetting>();
  let part = view;
  for (const path of paths) {
    const setting = settingAt(path);
    if (setting !== undefined) bySetting.set(JSON.stringify(setting.parameters), setting);
    else if (part === view) part = partOf(view, (one) => settingAt(one) !== undefined);
  }
  // One setting object for many paths: its parameters are compared as text once.
  const texts = new Map<RuleSetting, string>();
  const textOf = (setting: RuleSetting): string => {
    const text = texts.get(setting) ?? JSON.stringify(setting.parameters);
    texts.set(setting, text);
    return text;
  };
  for (const [parameters, setting] of bySetting) {
    for (const verdict of rule.check(part, contextOf(setting))) {
      for (const place of verdict.places) {
        const own = settingAt(place.path);
        if (own === undefined || textOf(own) !== parameters) continue;
        yield { setting: own, place, verdict };
      }
    }
  }
}
