import { describe, expect, it } from "vitest";
import { ca, cert, ext } from "../../../scripts/fixtures/rules/forge.ts";
import { CertificateView } from "../../../src/audit/certificate-view.ts";
import { violated } from "../../../src/audit/name-constraints.ts";

/** What a CA with these constraints says of a certificate with that name. */
function wrong(name: string, permitted: readonly string[], excluded: readonly string[] = []) {
  const above = ca("CN=CA", {
    extensions: { nameConstraints: ext.nameConstraints(permitted, excluded) },
  });
  const below = cert({
    subject: "CN=x",
    issuer: above,
    extensions: { subjectAltNames: ext.subjectAltNames([name]) },
  });
  const { nameConstraints } = new CertificateView(above.certificate);
  if (nameConstraints === undefined) throw new Error("the constraints cannot be read");
  return violated(new CertificateView(below.certificate), nameConstraints);
}

// RFC 5280 §4.2.1.10 gives these examples.
describe("violated", () => {
  it.each([
    ["DNS:host.example.com", "DNS:example.com", true],
    ["DNS:host.example.com", "DNS:host.example.com", true],
    ["DNS:www.host.example.com", "DNS:host.example.com", true],
    ["DNS:host1.example.com", "DNS:host.example.com", false],
    ["DNS:badexample.com", "DNS:example.com", false],
    ["DNS:HOST.Example.com", "DNS:example.COM", true],
    ["email:root@example.com", "email:root@example.com", true],
    ["email:root@example.com", "email:example.com", true],
    ["email:root@mail.example.com", "email:example.com", false],
    ["email:root@mail.example.com", "email:.example.com", true],
    ["URI:https://host.example.com/path", "URI:.example.com", true],
    ["URI:https://host.example.com:8443/", "URI:host.example.com", true],
    ["URI:https://host.example.com@evil.test/", "URI:host.example.com", false],
    ["URI:urn:a:b", "URI:host.example.com", false],
    // Other kinds than the constrained one are free.
    ["IP:10.0.0.1", "DNS:example.com", true],
    ["IP:10.1.2.3", "IP:10.1.0.0.255.255.0.0", true],
    ["IP:10.2.2.3", "IP:10.1.0.0.255.255.0.0", false],
  ])("%s under %s: %s", (name, constraint, allowed) => {
    expect(wrong(name, [constraint])).toEqual(allowed ? [] : [name]);
    // What may be given alone, and what may not be given, are each other's opposite where kinds agree.
    if (name.split(":")[0] === constraint.split(":")[0] && !name.startsWith("URI:urn")) {
      expect(wrong(name, [], [constraint])).toEqual(allowed ? [name] : []);
    }
  });

  it("takes what any of several permit, unless it is excluded", () => {
    const permitted = ["DNS:example.com", "DNS:example.org"];
    expect(wrong("DNS:a.example.org", permitted)).toEqual([]);
    expect(wrong("DNS:a.example.org", permitted, ["DNS:a.example.org"])).toEqual([
      "DNS:a.example.org",
    ]);
  });
});
