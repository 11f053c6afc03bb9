import { basename, extname } from "node:path";
import type { Host } from "../../io/host.ts";
import { PkiError } from "../../model/error.ts";
import { ibmMq } from "../../products/ibm-mq.ts";
import { products } from "../../products/index.ts";
import type { Product } from "../../products/product.ts";
import { parseAltNames } from "../../x509/build/alt-name.ts";
import { parseKeySpec } from "../../x509/build/key-pair.ts";
import type { LeafProfile } from "../../x509/build/profile.ts";
import { commonName, printName } from "../../x509/name.ts";
import type { NewStoreOptions } from "../new-store.ts";
import type { Notice } from "../outcome.ts";
import {
  altNamesOf,
  nameOf,
  parseSubject,
  parseValidity,
  type ValidityOptions,
} from "./certificate-options.ts";
import { DEFAULT_DAYS, DEFAULT_KEY, type IdentityRequest } from "./identity.ts";

/** RFC 5280 appendix A.1, ub-common-name. */
const MAX_COMMON_NAME = 64;

export interface IssueOptions extends ValidityOptions, NewStoreOptions {
  readonly key?: string;
  readonly subject?: string;
  readonly san?: readonly string[];
  readonly label?: string;
  readonly qmgr?: string;
  readonly user?: string;
  /** The product it is for: narrows what is refused and says the label. */
  readonly for?: string;
  /** The CA's directory; default `./ca` where there is one. */
  readonly ca?: string;
  readonly selfSigned?: boolean;
  readonly caPassword?: string;
  readonly crlUrl?: readonly string[];
  readonly force?: boolean;
  /** A key that stands under the label already gives way to the new one. */
  readonly replace?: boolean;
  /** Make it the default of a key database, whatever was. */
  readonly setDefault?: boolean;
  /** Writes the certificate as `.arm` as well. */
  readonly outArm?: string;
}

/** What the options of `issue` come to. */
export interface IssuePlan {
  readonly request: IdentityRequest;
  readonly product: Product | undefined;
  /** The name that MQ's label is made of. */
  readonly mqName: string | undefined;
  readonly notices: readonly Notice[];
}

/** Everything that can be said before a file is opened. */
export function planIdentity(
  host: Host,
  profile: LeafProfile,
  path: string,
  options: IssueOptions,
): IssuePlan {
  const { qmgr, user } = options;
  if (qmgr !== undefined && user !== undefined) {
    throw new PkiError("usage", "a certificate is a queue manager's or a user's, not both", {
      where: "--user",
    });
  }
  const mqName = qmgr ?? user;
  if (mqName === "")
    throw new PkiError("usage", "needs a name", { where: qmgr === "" ? "--qmgr" : "--user" });
  if (options.selfSigned === true && options.ca !== undefined) {
    throw new PkiError("usage", "--ca and --self-signed exclude each other", { where: "--ca" });
  }
  const key = parseKeySpec(options.key ?? DEFAULT_KEY);
  const validity = parseValidity(options, host.now(), DEFAULT_DAYS);
  const given = parseAltNames(options.san ?? []);
  const subject =
    options.subject === undefined
      ? nameOf(shortName(mqName ?? given[0]?.text ?? basename(path, extname(path))))
      : parseSubject(options.subject);
  // A queue manager's name is no host's, though it looks like one.
  const serves = profile !== "client" && !(mqName !== undefined && options.subject === undefined);
  const derived =
    given.length === 0 && serves ? altNamesOf(subject) : { altNames: given, notices: [] };
  return {
    request: {
      profile,
      subject,
      altNames: derived.altNames,
      key,
      validity,
      crlUrls: (options.crlUrl ?? []).map(crlUrl),
    },
    product: mqName === undefined ? productNamed(options.for) : ibmMq,
    mqName,
    notices: derived.notices,
  };
}

function shortName(name: string): string {
  if (name.length <= MAX_COMMON_NAME) return name;
  throw new PkiError("usage", "is needed: no common name can be made from the rest", {
    where: "--subject",
    hint: "give --subject CN=…",
  });
}

function crlUrl(text: string): string {
  if (/^(?:https?|ldaps?):\/\/[\x21-\x7e]+$/i.test(text)) return text;
  throw new PkiError("usage", "is not a URL of http or ldap", { where: "--crl-url" });
}

function productNamed(id: string | undefined): Product | undefined {
  if (id === undefined) return undefined;
  const product = products.find((known) => known.id === id.toLowerCase());
  if (product !== undefined) return product;
  throw new PkiError("usage", "is no product that is known here", {
    where: "--for",
    hint: `give one of ${products.map((known) => known.id).join(", ")}`,
  });
}

/** `--label`, else MQ's, else the product's, else the subject's common name, else its whole name. */
export function labelFor(plan: IssuePlan, options: IssueOptions): string {
  if (options.label !== undefined) return options.label;
  const { subject } = plan.request;
  const { product, mqName = commonName(subject) } = plan;
  if (product?.label !== undefined && mqName !== undefined) return product.label(mqName);
  return commonName(subject) ?? printName(subject);
}
