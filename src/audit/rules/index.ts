import type { Rule } from "../rule.ts";
import { certificateExpired } from "./certificate-expired.ts";
import { certificateExpiresSoon } from "./certificate-expires-soon.ts";
import { certificateNotYetValid } from "./certificate-not-yet-valid.ts";
import { encodingNotDer } from "./encoding-not-der.ts";
import { extensionCriticalUnknown } from "./extension-critical-unknown.ts";
import { extensionDuplicate } from "./extension-duplicate.ts";
import { extensionMalformed } from "./extension-malformed.ts";
import { serialDuplicate } from "./serial-duplicate.ts";
import { serialNegative } from "./serial-negative.ts";
import { serialSequential } from "./serial-sequential.ts";
import { serialTooLong } from "./serial-too-long.ts";
import { serialTooShort } from "./serial-too-short.ts";
import { serialZero } from "./serial-zero.ts";
import { versionNot3 } from "./version-not-3.ts";

/** Every rule, by id. */
export const rules: readonly Rule[] = [
  certificateExpired,
  certificateExpiresSoon,
  certificateNotYetValid,
  encodingNotDer,
  extensionCriticalUnknown,
  extensionDuplicate,
  extensionMalformed,
  serialDuplicate,
  serialNegative,
  serialSequential,
  serialTooLong,
  serialTooShort,
  serialZero,
  versionNot3,
];
