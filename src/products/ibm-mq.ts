import { gskitRefuses } from "./gskit.ts";
import type { LabelRemark, Product } from "./product.ts";

/** What the default label starts with, on every platform but z/OS. */
export const MQ_LABEL_PREFIX = "ibmwebspheremq";
/** MQ_CERT_LABEL_LENGTH of `cmqc.h`. */
const MAX_LABEL = 64;
const MAX_ZOS_LABEL = 32;

/**
 * IBM MQ, queue managers and clients on distributed platforms.
 *
 * Without CERTLABL it looks for `ibmwebspheremq` and the name of the queue manager or of the user that
 * runs the client, all in lower case.
 */
export const ibmMq: Product = {
  id: "ibm-mq",
  title: "IBM MQ",
  formats: ["kdb", "pkcs12", "jks"],
  label: (name) => `${MQ_LABEL_PREFIX}${name.toLowerCase()}`,
  remarks: mqLabelRemarks,
  refuses: gskitRefuses,
};

function mqLabelRemarks(label: string): readonly LabelRemark[] {
  const remarks: LabelRemark[] = [];
  const length = [...label].length;
  const say = (message: string) => remarks.push({ message });
  if (length > MAX_LABEL) {
    say(`has ${length} characters; MQ takes ${MAX_LABEL}`);
  } else if (length > MAX_ZOS_LABEL && !label.startsWith(MQ_LABEL_PREFIX)) {
    say(`has ${length} characters; MQ for z/OS takes ${MAX_ZOS_LABEL}`);
  }
  if (/\s/u.test(label)) {
    say("has a blank in it; IBM's pages for MQ 8.0 and 9.2 forbid that, the one for 9.1 does not");
  }
  if (/[^\x20-\x7e]/.test(label)) {
    say("has characters outside ASCII, which queue managers of another code page cannot name");
  }
  if (/[/\\~$]|\.\./.test(label)) {
    say("has / \\ ~ $ or two dots in a row, which the HP NonStop client does not take");
  }
  const lower = label.toLowerCase();
  if (lower.startsWith(MQ_LABEL_PREFIX) && label !== lower) {
    say("is not all in lower case: the default label is, and MQ compares exactly");
  }
  return remarks;
}
