import { printName } from "../../x509/name.ts";
import { rule } from "../rule.ts";
import { day, isoSecond } from "../time.ts";
import { named } from "../words.ts";

export const crlNotYetValid = rule({
  id: "crl-not-yet-valid",
  on: "crl",
  severity: "warning",
  title: "a revocation list is from the future",
  cites: ["RFC 5280 §5.1.2.4", "OpenSSL: X509_V_ERR_CRL_NOT_YET_VALID"],
  profiles: ["default"],
  parameters: { skewMinutes: 5 },
  check({ crl: { issuer, thisUpdate } }, { now, parameters }) {
    if (thisUpdate.getTime() <= now.getTime() + parameters.skewMinutes * 60_000) return undefined;
    return { facts: { issuer: printName(issuer), thisUpdate: isoSecond(thisUpdate) } };
  },
  explain: ({ issuer, thisUpdate }) =>
    `The revocation list of ${named(issuer)} says that it was made on ${day(thisUpdate)}, which is still to come.`,
  fix: () => "Compare the clocks of this machine and of the CA, and fetch the list again.",
});
