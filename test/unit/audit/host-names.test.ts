import { describe, expect, it } from "vitest";
import { covers, isHostName, isIpAddress } from "../../../src/audit/host-names.ts";

describe("isHostName", () => {
  it.each([
    "mq.example.com",
    "a.b",
    "*.example.com",
    "mq.example.com.",
    "x-1.example",
    `${"a".repeat(63)}.com`,
  ])("%s is one", (name) => expect(isHostName(name)).toBe(true));
  it.each([
    "QM1",
    "10.0.0.1",
    "my host.example",
    "-a.example",
    "a..b",
    `${"a".repeat(64)}.com`,
    "a.*.com",
    "",
  ])("%j is none", (name) => expect(isHostName(name)).toBe(false));
});

describe("isIpAddress", () => {
  it.each(["10.0.0.1", "::1", "2001:db8::1", "[::1]"])("%s is one", (text) =>
    expect(isIpAddress(text)).toBe(true),
  );
  it.each(["10.0.0", "a.b.c.d", "host", "host:443"])("%s is none", (text) =>
    expect(isIpAddress(text)).toBe(false),
  );
});

describe("covers (RFC 9525 §6.3)", () => {
  it.each([
    ["mq.example.com", "MQ.example.com", true],
    ["*.example.com", "mq.example.com", true],
    ["*.example.com", "a.mq.example.com", false],
    ["*.example.com", "example.com", false],
    ["m*.example.com", "mq.example.com", false],
    ["mq.example.com.", "mq.example.com", true],
  ])("%s, %s: %s", (pattern, host, expected) => {
    expect(covers(pattern, host)).toBe(expected);
  });
});
