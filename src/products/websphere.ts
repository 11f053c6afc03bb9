import { oldJavaRefuses } from "./java.ts";
import type { Product } from "./product.ts";

/** WebSphere Application Server: `key.p12` and `trust.p12` of a node or cell, label `default`. */
export const websphere: Product = {
  id: "websphere",
  title: "WebSphere Application Server",
  formats: ["pkcs12", "jks", "jceks"],
  label: () => "default",
  refuses: oldJavaRefuses,
};
