import { describe, expect, it } from "vitest";
import { mayHoldPasswords, passwordsIn } from "../../../../src/app/audit/settings-file.ts";

const seen = (text: string) =>
  passwordsIn(text).map(
    ({ name, line, form, wellKnown }) =>
      `${line} ${name} ${form}${wellKnown === undefined ? "" : ` ${wellKnown}`}`,
  );

describe("a configuration file", () => {
  it("is told by its name", () => {
    const names = [
      "ssl.client.props",
      "conf/application.properties",
      "wlp/server.xml",
      "nsp/wrapper.conf",
      "Server_Common.conf",
      "app/application-prod.yaml",
      "keystore.conf",
    ];
    expect(names.filter((name) => !mayHoldPasswords(name))).toEqual([]);
    const others = ["pom.xml", "a.yaml", "httpd.conf", "properties", "server.xml.md"];
    expect(others.filter(mayHoldPasswords)).toEqual([]);
  });

  it.each([
    [
      "properties",
      "server.ssl.key-store-password=changeit",
      ["1 server.ssl.key-store-password clear changeit"],
    ],
    ["YAML", "ssl:\n  trust-store-password: 'T0p secret'", ["2 trust-store-password clear"]],
    ["an attribute", '<Connector keystorePass="x9" port="1"/>', ["1 keystorePass clear"]],
    [
      "options of a JVM",
      "a=-Djavax.net.ssl.keyStorePassword=nirvana -Djavax.net.ssl.trustStorePassword=q",
      [
        "1 javax.net.ssl.keyStorePassword clear nirvana",
        "1 javax.net.ssl.trustStorePassword clear",
      ],
    ],
    ["AMS", "jks.keystore_pass = passw0rd", ["1 jks.keystore_pass clear passw0rd"]],
    [
      "xor",
      "com.ibm.ssl.keyStorePassword={xor}CDo9Hgw=",
      ["1 com.ibm.ssl.keyStorePassword xor WebAS"],
    ],
    ["xor that is none", "keyStorePassword={xor}%%", ["1 keyStorePassword xor"]],
    [
      "obf",
      "jetty.sslContext.keyStorePassword=OBF:1vny1zlo",
      ["1 jetty.sslContext.keyStorePassword obf"],
    ],
    [
      "Liberty's element over lines",
      '<keyStore id="d"\n  password="{xor}EzY9Oi0rJg=="\n/>\n<user password="not one"/>',
      ["2 password xor Liberty"],
    ],
  ])("has a password as %s", (_, text, expected) => {
    expect(seen(text)).toEqual(expected);
  });

  it.each([
    "keyStorePassword=",
    "keyStorePassword=$KEY",
    "keyStorePassword=@key@",
    "keyStorePassword={aes}ABC",
    "keyStorePassword=ENC(abc)",
    "keyStorePassword: env:KEY",
    "keyStorePassword=******",
    "# keyStorePassword=secret",
    "<!-- <keyStore password='secret'/> -->",
    "database.password=secret",
    "keyStoreType=PKCS12",
    `${"x".repeat(5000)} keyStorePassword=secret`,
  ])("has none in %s", (text) => {
    expect(seen(text)).toEqual([]);
  });

  it("never gives a password", () => {
    const text = "keyStorePassword=Zq8-unusual\ntrustStorePassword={xor}Zq8unusual==\n";
    expect(passwordsIn(text)).toHaveLength(2);
    expect(JSON.stringify(passwordsIn(text))).not.toMatch(/Zq8|unusual/);
  });

  it("costs time by its length only", () => {
    const hostile = [
      "a".repeat(4000),
      `${"a=".repeat(2000)}`,
      `${"-D".repeat(2000)}`,
      `keyStorePassword=${"'".repeat(3000)}`,
      `<keyStore ${"password ".repeat(400)}`,
    ].flatMap((line) => Array.from({ length: 50 }, () => line));
    const started = process.cpuUsage();
    passwordsIn(hostile.join("\n"));
    const { user } = process.cpuUsage(started);
    expect(user / 1e6).toBeLessThan(20);
  });
});
