import { javaRefuses } from "./java.ts";
import type { Product } from "./product.ts";

/** Apache Tomcat: `certificateKeyAlias` names the label, else the first key is served; `tomcat` by custom. */
export const tomcat: Product = {
  id: "tomcat",
  title: "Apache Tomcat",
  formats: ["jks", "pkcs12", "pem"],
  label: () => "tomcat",
  refuses: javaRefuses,
};
