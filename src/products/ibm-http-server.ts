import { gskitRefuses } from "./gskit.ts";
import type { Product } from "./product.ts";

/** IBM HTTP Server: SSLServerCert names the label, else the default of the key database is served. */
export const ibmHttpServer: Product = {
  id: "ibm-http-server",
  title: "IBM HTTP Server",
  formats: ["kdb", "pkcs12"],
  refuses: gskitRefuses,
};
