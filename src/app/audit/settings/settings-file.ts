import { basename } from "node:path";
import { lineSettings } from "./lines.ts";
import type { Setting } from "./setting.ts";
import { xmlSettings } from "./xml.ts";
import { yamlSettings } from "./yaml.ts";

/** Larger ones are nobody's settings. */
export const MAX_SETTINGS_FILE_BYTES = 1024 * 1024;

/** Files in which products and their operators write the passwords and the places of stores. */
const NAMES = new RegExp(
  `^(?:${[
    ".+\\.(?:props|properties|mqsc)",
    // Tomcat, Liberty, WebSphere, WildFly, GlassFish, Jetty, ActiveMQ and Artemis, the plug-in of WebSphere
    "(?:server|security|context|mqwebuser|domain|activemq|broker|standalone[\\w-]*|jetty[\\w-]*)\\.xml",
    "plugin-cfg\\.xml",
    // Spring Boot, Quarkus, Micronaut; compose files
    "application[\\w-]*\\.ya?ml",
    "(?:docker-)?compose[\\w.-]*\\.ya?ml",
    "jvm\\.options",
    "server\\.env",
    "\\.env(?:\\.\\w+)?",
    "setenv\\.(?:sh|bat)",
    // Universal Messaging, IBM MQ, Jetty, IBM HTTP Server
    "wrapper\\.conf",
    ".*_common\\.conf",
    "keystore\\.conf",
    "mqclient\\.ini",
    "qm\\.ini",
    "(?:start|ssl|https|ssl-context)\\.ini",
    "httpd[\\w-]*\\.conf",
  ].join("|")})$`,
  "i",
);

export function isSettingsFile(path: string): boolean {
  return NAMES.test(basename(path));
}

/** The settings of a file, by the syntax that its name promises. */
export function settingsOf(path: string, text: string): Iterable<Setting> {
  if (/\.xml$/i.test(path)) return xmlSettings(text);
  return /\.ya?ml$/i.test(path) ? yamlSettings(text) : lineSettings(text);
}
