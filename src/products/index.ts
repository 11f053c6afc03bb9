import type { FormatId } from "../model/store.ts";
import { ibmHttpServer } from "./ibm-http-server.ts";
import { ibmMq } from "./ibm-mq.ts";
import type { KeyUse, Product } from "./product.ts";
import { tomcat } from "./tomcat.ts";
import { universalMessaging } from "./universal-messaging.ts";
import { websphere } from "./websphere.ts";

/** Every product that is known. To add one: a file beside this, and its line here. */
export const products: readonly Product[] = [
  ibmMq,
  ibmHttpServer,
  websphere,
  universalMessaging,
  tomcat,
];

export interface ProductRefusal {
  readonly product: Product;
  readonly reason: string;
}

/**
 * Why nothing that opens such a store could use a key: a refusal counts only where every product of the
 * format refuses, since a PKCS#12 file may be for any of them. `wanted` narrows it to the one it is for.
 */
export function productRefusal(
  format: FormatId,
  use: KeyUse,
  wanted?: Product,
): ProductRefusal | undefined {
  const judges =
    wanted === undefined ? products.filter(({ formats }) => formats.includes(format)) : [wanted];
  const refusals: ProductRefusal[] = [];
  for (const product of judges) {
    const reason = product.refuses(use);
    if (reason === undefined) return undefined;
    refusals.push({ product, reason });
  }
  return refusals[0];
}
