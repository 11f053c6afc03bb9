import { describe, expect, test } from "vitest";
import { DerReader } from "../../../../src/bytes/der-reader.ts";
import { toHex } from "../../../../src/bytes/octets.ts";
import type { PkiError } from "../../../../src/model/error.ts";
import {
  encodeAltName,
  hostName,
  ipOctets,
  parseAltNames,
  printAltName,
} from "../../../../src/x509/build/alt-name.ts";
import { printGeneralName, readGeneralName } from "../../../../src/x509/general-name.ts";

const printed = (...texts: string[]) => parseAltNames(texts).map(printAltName);

describe("reading --san", () => {
  test.each([
    ["localhost", ["DNS:localhost"]],
    ["DNS:a.example,ip:10.0.0.1", ["DNS:a.example", "IP:10.0.0.1"]],
    ["a.example, b.example", ["DNS:a.example", "DNS:b.example"]],
    ["::1", ["IP:::1"]],
    ["*.example.com", ["DNS:*.example.com"]],
    ["EMAIL:ops@example.com", ["email:ops@example.com"]],
    ["uri:spiffe://example/qm1", ["URI:spiffe://example/qm1"]],
    ["uri:urn:a,b,dns:c", ["URI:urn:a,b", "DNS:c"]],
    ["bücher.example", ["DNS:xn--bcher-kva.example"]],
    ["my_host", ["DNS:my_host"]],
    ["a,a,DNS:a", ["DNS:a"]],
    ["QM1.Example.COM", ["DNS:QM1.Example.COM"]],
  ])("%s", (text, names) => {
    expect(printed(text)).toEqual(names);
  });

  test.each([
    "",
    "DNS:",
    "DNS:a b",
    "DNS:-a",
    "DNS:a-",
    "DNS:a..b",
    "DNS:a.",
    "DNS:10.0.0.1",
    "DNS:*",
    "DNS:a.*.b",
    "IP:10.0.0",
    "IP:10.0.0.256",
    "IP:fe80::1%eth0",
    "IP:10.0.0.0/8",
    "email:ops",
    "email:a@b@c",
    "email:ö@example.com",
    "URI:/relative",
    "URI:http://exa mple",
    "dirName:CN=a",
    "a\u0000.example",
    "1.2.3.4.5",
    "a,,b",
  ])("%j is refused", (text) => {
    expect(() => parseAltNames([text])).toThrow(
      expect.objectContaining<Partial<PkiError>>({ code: "name-malformed", where: "--san" }),
    );
  });

  test("lengths of a label and of a host name", () => {
    const label = "a".repeat(63);
    expect(hostName(label)).toBe(label);
    expect(hostName(`${label}a`)).toBeUndefined();
    const long = [label, label, label, "b".repeat(61)].join(".");
    expect(long.length).toBe(253);
    expect(hostName(long)).toBe(long);
    expect(hostName(`${long}b`)).toBeUndefined();
  });
});

describe("encoding", () => {
  test.each([
    ["1.2.3.4", "01020304"],
    ["::", "00000000000000000000000000000000"],
    ["::1", "00000000000000000000000000000001"],
    ["2001:db8::8:800:200c:417a", "20010db80000000000080800200c417a"],
    ["2001:DB8:0:0:8:800:200C:417A", "20010db80000000000080800200c417a"],
    ["fe80::", "fe800000000000000000000000000000"],
    ["::ffff:192.0.2.128", "00000000000000000000ffffc0000280"],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
    ["1:2:3:4:5:6:1.2.3.4", "00010002000300040005000601020304"],
  ])("the octets of %s", (address, hex) => {
    expect(toHex(ipOctets(address))).toBe(hex);
  });

  test("our reader reads back what was asked for", () => {
    const asked = ["DNS:a.example", "IP:2001:db8::1", "email:a@b.example", "URI:urn:x"];
    const back = parseAltNames(asked).map((name) =>
      printGeneralName(readGeneralName(new DerReader(encodeAltName(name)))),
    );
    expect(back).toEqual(asked);
  });
});
