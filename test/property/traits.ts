import { anyUnicode, anyUnits, type Traits } from "../support/arbitraries.ts";

/** The formats under test, and what their stores may hold. A new codec adds its line here. */
export const FORMATS: readonly Traits[] = [
  {
    format: "jks",
    variants: [{}, { version: "1" }],
    label: anyUnits,
    dates: true,
    disabledTrust: false,
    defaultLabel: false,
    partialChains: true,
    identities: ["server", "client", "rsa", "ed25519", "other-root"],
    integrity: true,
  },
  {
    format: "kdb",
    variants: [{ version: "3" }, { version: "4" }, { version: "6" }],
    label: anyUnicode.filter((label) => !label.includes("\0")),
    dates: false,
    disabledTrust: true,
    defaultLabel: true,
    partialChains: false,
    identities: ["server", "client", "rsa"],
    integrity: true,
  },
];
