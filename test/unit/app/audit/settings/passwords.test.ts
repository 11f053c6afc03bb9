import { describe, expect, it } from "vitest";
import { passwordsAmong } from "../../../../../src/app/audit/settings/passwords.ts";
import { isSettingsFile, settingsOf } from "../../../../../src/app/audit/settings/settings-file.ts";

const passwordsIn = (file: string, text: string) => passwordsAmong(settingsOf(file, text));
const seen = (file: string, text: string) =>
  passwordsIn(file, text).map(
    ({ name, line, form, wellKnown }) =>
      `${line} ${name} ${form}${wellKnown === undefined ? "" : ` ${wellKnown}`}`,
  );

describe("a configuration file", () => {
  it("is told by its name", () => {
    const names = [
      "ssl.client.props",
      "conf/application.properties",
      "wlp/server.xml",
      "wlp/server.env",
      "nsp/wrapper.conf",
      "Server_Common.conf",
      "app/application-prod.yaml",
      "keystore.conf",
      "start.d/ssl.ini",
      "etc/jetty-ssl-context.xml",
      "conf/httpd.conf",
      "conf/httpd-ssl.conf",
      "Plugins/config/web1/plugin-cfg.xml",
      "backup/QM1.mqsc",
      "docker-compose.prod.yml",
      ".env",
      ".env.local",
    ];
    expect(names.filter((name) => !isSettingsFile(name))).toEqual([]);
    const others = [
      "pom.xml",
      "a.yaml",
      "properties",
      "server.xml.md",
      "server",
      "server.key",
      "ssl.conf",
    ];
    expect(others.filter(isSettingsFile)).toEqual([]);
  });

  it.each<[string, string, string, readonly string[]]>([
    [
      "properties of Spring Boot",
      "application.properties",
      "server.ssl.key-store-password=changeit\nserver.ssl.key-password=q",
      ["1 server.ssl.key-store-password clear changeit", "2 server.ssl.key-password clear"],
    ],
    [
      "a line that goes on",
      "a.properties",
      "ssl.keystore.password=\\\n   Zq8\\\n   more\nssl.key.password=Zq9",
      ["1 ssl.keystore.password clear", "4 ssl.key.password clear"],
    ],
    [
      "YAML, with the names above",
      "application.yml",
      "server:\n  ssl:\n    key-password: s1 # of the key\n    key-store-password: 'T0p secret'\nspring:\n  ssl:\n    bundle:\n      jks:\n        web:\n          keystore:\n            location: classpath:web.p12\n            password: \"nirvana\"\n",
      [
        "3 server.ssl.key-password clear",
        "4 server.ssl.key-store-password clear",
        "12 spring.ssl.bundle.jks.web.keystore.password clear nirvana",
      ],
    ],
    [
      "the environment in a compose file",
      "compose.yaml",
      "services:\n  a:\n    environment:\n      - KEYSTORE_PASSWORD=q1\n  b:\n    environment:\n      TRUSTSTORE_PASSWORD: q2\n",
      ["4 KEYSTORE_PASSWORD clear", "7 services.b.environment.TRUSTSTORE_PASSWORD clear"],
    ],
    [
      "Tomcat's connector, over lines, and none that is commented out",
      "server.xml",
      `<Server><Service>
<!-- Define an SSL connector
    <Connector port="8443" keystorePass="changeit" />
-->
  <Connector port="8443"
             SSLPassword="s0"
             keystorePass
               = "changeit" truststorePass='x>y'>
    <SSLHostConfig truststorePassword="s1">
      <Certificate certificateKeystorePassword="s2"
                   certificateKeyPassword="s3" certificateKeystoreFile="a.p12"/>
    </SSLHostConfig>
  </Connector></Service></Server>`,
      [
        "6 SSLPassword clear",
        "8 keystorePass clear changeit",
        "8 truststorePass clear",
        "9 truststorePassword clear",
        "10 certificateKeystorePassword clear",
        "11 certificateKeyPassword clear",
      ],
    ],
    [
      "WebSphere's security.xml",
      "security.xml",
      `<security:Security xmi:version="2.0"><keyStores xmi:id="KeyStore_1" name="NodeDefaultKeyStore"
  password="{xor}CDo9Hgw=" provider="IBMJCE" location="\${CONFIG_ROOT}/key.p12" type="PKCS12"/>
 <authDataEntries alias="db" userId="u" password="{xor}Lz4sLChvLTs="/></security:Security>`,
      ["2 password xor WebAS"],
    ],
    [
      "JVM arguments in WebSphere's server.xml",
      "server.xml",
      '<jvmEntries genericJvmArguments="-Xmx1g -Djavax.net.ssl.trustStorePassword=changeit -Dx=y"/>',
      ["1 javax.net.ssl.trustStorePassword clear changeit"],
    ],
    [
      "Liberty's element, and a key in it",
      "server.xml",
      '<server><keyStore id="d"\n  password="{xor}EzY9Oi0rJg==">\n<keyEntry name="k" keyPassword="q"/></keyStore>\n<user password="not one"/></server>',
      ["2 password xor Liberty", "3 keyPassword clear"],
    ],
    ["Liberty's environment", "server.env", "keystore_password=Zq1", ["1 keystore_password clear"]],
    [
      "WildFly's reference",
      "standalone-full.xml",
      '<tls><key-stores><key-store name="a"><credential-reference clear-text="q"/></key-store></key-stores><data><credential-reference clear-text="of a database"/></data></tls>',
      ["1 clear-text clear"],
    ],
    [
      "Jetty's settings, obfuscated",
      "start.d/ssl.ini",
      "jetty.sslContext.keyStorePassword=OBF:1v2j1uum1xtv1zej1zer1xtn1uvk1v1v\njetty.sslContext.keyManagerPassword=OBF:1vny1zlo1x8e1vnw1vn61x8g1zlu1vn4\n",
      [
        "1 jetty.sslContext.keyStorePassword obf password",
        "2 jetty.sslContext.keyManagerPassword obf",
      ],
    ],
    [
      "Jetty's contexts",
      "jetty-ssl-context.xml",
      '<Configure><Set name="KeyStorePassword"><Property name="jetty.sslContext.keyStorePassword" default="OBF:1v2j1uum1xtv1zej1zer1xtn1uvk1v1v"/></Set><Set name="KeyManagerPassword">q</Set></Configure>',
      ["1 jetty.sslContext.keyStorePassword obf password", "1 KeyManagerPassword clear"],
    ],
    [
      "an acceptor's address",
      "broker.xml",
      '<acceptor name="a">tcp://0.0.0.0:61617?sslEnabled=true;keyStorePath=a.jks;keyStorePassword=securepass</acceptor>',
      ["1 keyStorePassword clear"],
    ],
    [
      "options of a JVM",
      "wrapper.conf",
      "a=-Djavax.net.ssl.keyStorePassword=nirvana -Djavax.net.ssl.trustStorePassword=q",
      [
        "1 javax.net.ssl.keyStorePassword clear nirvana",
        "1 javax.net.ssl.trustStorePassword clear",
      ],
    ],
    [
      "Universal Messaging's clients",
      "um.properties",
      "CKEYSTOREPASSWD=a1\nnirvana.ssl.truststore.pass=a2",
      ["1 CKEYSTOREPASSWD clear", "2 nirvana.ssl.truststore.pass clear"],
    ],
    [
      "AMS",
      "keystore.conf",
      "jks.keystore_pass = passw0rd\njks.key_pass = q",
      ["1 jks.keystore_pass clear passw0rd", "2 jks.key_pass clear"],
    ],
    [
      "MQ's clients",
      "mqclient.ini",
      "SSL:\n   SSLKeyRepository=/var/mqm/key.kdb\n   SSLKeyRepositoryPassword=Zq2\n",
      ["3 SSLKeyRepositoryPassword clear"],
    ],
    [
      "MQSC",
      "QM1.mqsc",
      "* KEYRPWD('commented')\nALTER QMGR SSLKEYR('/a/key') +\n  KEYRPWD('Zq3')\n",
      ["3 KEYRPWD clear"],
    ],
    [
      "xor that is none",
      "a.props",
      "com.ibm.ssl.keyStorePassword={xor}%%",
      ["1 com.ibm.ssl.keyStorePassword xor"],
    ],
  ])("has a password as %s", (_, file, text, expected) => {
    expect(seen(file, text)).toEqual(expected);
  });

  it.each<[string, string]>([
    ["a.properties", "keyStorePassword="],
    ["a.properties", "keyStorePassword=$KEY"],
    ["a.properties", "keyStorePassword=@key@"],
    ["a.properties", "keyStorePassword={aes}ABC"],
    ["a.properties", "keyStorePassword={{ vault.key }}"],
    ["a.properties", "keyStorePassword=ENC(abc)"],
    ["a.properties", "keyStorePassword: env:KEY"],
    ["a.properties", "keyStorePassword=******"],
    ["a.properties", "# keyStorePassword=secret"],
    ["a.properties", "keyStorePasswordFile=/run/secrets/key"],
    ["a.properties", "ssl.keystore.password.algorithm=AES"],
    ["a.properties", "apiKeyPassword=of something else"],
    ["server.xml", "<!-- <keyStore password='secret'/> -->"],
    ["server.xml", "<dataSource><properties password='secret'/></dataSource>"],
    ["server.xml", `<Connector certificateKeystorePassword='\${key}'/>`],
    ["server.xml", "<Realm connectionPassword='secret'/>"],
    ["application.yml", `keystore:\n  password: \${KEY}\ndatasource:\n  password: secret`],
    ["application.yml", "# key-store-password: secret"],
    ["mqclient.ini", "SSLKeyRepositoryPassword=<MQI>2!abc!def"],
    ["a.properties", "database.password=secret"],
    ["a.properties", "keyStoreType=PKCS12"],
    ["a.properties", `${"x".repeat(5000)} keyStorePassword=secret`],
  ])("has none in %s: %s", (file, text) => {
    expect(seen(file, text)).toEqual([]);
  });

  it("never gives a password", () => {
    const text = "keyStorePassword=Zq8-unusual\ntrustStorePassword={xor}Zq8unusual==\n";
    expect(passwordsIn("a.props", text)).toHaveLength(2);
    expect(JSON.stringify(passwordsIn("a.props", text))).not.toMatch(/Zq8|unusual/);
  });

  it.each(["a.properties", "server.xml", "application.yml"])(
    "costs time by its length only: %s",
    (file) => {
      const hostile = [
        "a".repeat(4000),
        `${"a=".repeat(2000)}`,
        `${"-D".repeat(2000)}`,
        `${"- ".repeat(2000)}`,
        `keyStorePassword=${"'".repeat(3000)}`,
        `<keyStore ${"password ".repeat(400)}`,
        `<a b='-Dpass${"=-D".repeat(1000)}'>`,
        `${"<a>".repeat(1300)}`,
        `x: ${"[".repeat(4000)}`,
      ].flatMap((line) => Array.from({ length: 30 }, () => line));
      const started = process.cpuUsage();
      passwordsIn(file, hostile.join("\n"));
      const { user } = process.cpuUsage(started);
      expect(user / 1e6).toBeLessThan(20);
    },
  );
});
