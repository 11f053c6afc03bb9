import type { Rule } from "../rule.ts";
import { certificateExpired } from "./certificate-expired.ts";
import { certificateExpiresSoon } from "./certificate-expires-soon.ts";
import { certificateNotYetValid } from "./certificate-not-yet-valid.ts";
import { serialDuplicate } from "./serial-duplicate.ts";

/** Every rule, by id. */
export const rules: readonly Rule[] = [
  certificateExpired,
  certificateExpiresSoon,
  certificateNotYetValid,
  serialDuplicate,
];
