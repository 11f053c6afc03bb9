import { describe, expect, it } from "vitest";
import { storesNamedIn } from "../../../../../src/app/audit/settings/named-stores.ts";

const named = (path: string, text: string) =>
  storesNamedIn(path, text).map(({ line, named: name, labels, clientAuth }) =>
    [
      `${line} ${name}`,
      ...labels.map((one) => `${one.line} ${one.label}`),
      ...(clientAuth === undefined ? [] : [clientAuth]),
    ].join(", "),
  );

describe("httpd.conf", () => {
  it("gives a virtual host what the main server says, unless it says it itself", () => {
    const text = `KeyFile /a/main.kdb
SSLServerCert main
<VirtualHost *:443>
  SSLEnable
  SSLClientAuth required
</VirtualHost>
<VirtualHost *:444>
  sslenable
  keyfile "/a b/own.kdb"
  SSLServerCert "own label"
</VirtualHost>
<VirtualHost *:80>
  DocumentRoot /x
</VirtualHost>`;
    expect(named("httpd.conf", text)).toEqual([
      "1 /a/main.kdb, 2 main",
      "1 /a/main.kdb, 2 main, SSLClientAuth required",
      "9 /a b/own.kdb, 10 own label",
    ]);
  });

  it.each([
    ["Keyfile /prompt /a/key.kdb", ["1 /a/key.kdb"]],
    ["KeyFile /saf WASKeyring", []],
    ["# KeyFile /a/key.kdb", []],
    ["KeyFile @{KEYS}/key.kdb", []],
    ["KeyFileX /a/key.kdb", []],
    ["KeyFile /a/key.kdb\nSSLClientAuth optional", ["1 /a/key.kdb"]],
    ["KeyFile /a/key.kdb\nSSLClientAuth required_reset", ["1 /a/key.kdb, SSLClientAuth required"]],
  ])("%j", (text, expected) => {
    expect(named("conf/httpd.conf", text)).toEqual(expected);
  });
});

describe("plugin-cfg.xml", () => {
  it("names one key ring for many transports, each once", () => {
    const transport = (label: string) =>
      `<Transport><Property Name="keyring" Value="/p/plugin-key.kdb"/><Property Name="stashfile" Value="/p/plugin-key.sth"/>${label}</Transport>`;
    const labelled = transport('<Property Name="certLabel" Value="was"/>');
    expect(
      named("plugin-cfg.xml", `<Config>${transport("")}${transport("")}${labelled}</Config>`),
    ).toEqual(["1 /p/plugin-key.kdb", "1 /p/plugin-key.kdb, 1 was"]);
  });
});

describe("mqclient.ini", () => {
  it("counts within its stanza", () => {
    const text =
      "CHANNELS:\n  CertificateLabel=no\nSSL:\n  CertificateLabel = app\n  SSLKeyRepository=/m/key\n";
    expect(named("mqclient.ini", text)).toEqual(["5 /m/key, 4 app"]);
    expect(named("mqclient.ini", "TCP:\n  SSLKeyRepository=/m/key\n")).toEqual([]);
  });
});

describe("MQSC", () => {
  it("goes on over lines, and commented ones do not count", () => {
    const text = `* ALTER QMGR SSLKEYR('/not/this')
alter qmgr +
  SSLKEYR('/m/k-
ey') +
* CERTLABL('nor this') +
  CERTLABL( 'own' )
DEFINE CHANNEL(A) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS12) SSLCAUTH(REQUIRED) CERTLABL('a')
DEFINE CHANNEL(B) CHLTYPE(CLNTCONN) CERTLABL('of the client')
DEFINE QLOCAL(C) DESCR('CERTLABL(no)')`;
    expect(named("QM1.mqsc", text)).toEqual(["2 /m/key, 2 own, 7 a, SSLCAUTH(REQUIRED)"]);
  });

  it.each([
    ["without TLS", "DEFINE CHANNEL(A) CHLTYPE(SVRCONN) SSLCAUTH(REQUIRED)"],
    ["where it is optional", "DEF CHL(A) CHLTYPE(SVRCONN) SSLCIPH('ANY') SSLCAUTH(OPTIONAL)"],
    ["of a sender", "DEF CHL(A) CHLTYPE(SDR) SSLCIPH('ANY') SSLCAUTH(REQUIRED)"],
  ])("requires no client's certificate by a channel %s", (_, channel) => {
    expect(named("a.mqsc", `ALTER QMGR SSLKEYR('/m/key')\n${channel}`)).toEqual(["1 /m/key"]);
  });

  it("says nothing without a key repository, or with a blank one", () => {
    expect(named("a.mqsc", "ALTER QMGR CERTLABL('x')")).toEqual([]);
    expect(named("a.mqsc", "ALTER QMGR SSLKEYR(' ') CERTLABL('x')")).toEqual([]);
  });
});

it("costs time by its length only", () => {
  const started = process.cpuUsage();
  for (const path of ["httpd.conf", "a.mqsc", "plugin-cfg.xml", "mqclient.ini"]) {
    for (const line of [`KeyFile ${" ".repeat(4000)}`, "ALTER QMGR +", "A('".repeat(1300), "<a "]) {
      named(path, Array.from({ length: 100 }, () => line).join("\n"));
    }
  }
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(20);
});
