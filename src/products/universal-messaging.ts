import { oldJavaRefuses } from "./java.ts";
import type { Product } from "./product.ts";

/** Software AG Universal Messaging realms and Java clients: any label, the store has one key. */
export const universalMessaging: Product = {
  id: "universal-messaging",
  title: "Universal Messaging",
  formats: ["jks", "pkcs12"],
  refuses: oldJavaRefuses,
};
