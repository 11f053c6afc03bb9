import { describe, expect, it } from "vitest";
import { der } from "../../../src/bytes/der-writer.ts";
import type { Certificate } from "../../../src/model/certificate.ts";
import { chainFinder, completeChain, isSelfSigned, issuedBy } from "../../../src/x509/chain.ts";
import { parseCertificate } from "../../../src/x509/parse.ts";
import { pemFixture } from "../../support/fixtures.ts";
import { nameOf, utcTime } from "./handmade.ts";
import { issue, keyIds, type Party, party } from "./issue.ts";

const root = party("Root");
const middle = party("Middle");
const leaf = party("Leaf");
const rootCert = issue(root, root);
const middleCert = issue(middle, root);
const leafCert = issue(leaf, middle);

const names = (chain: readonly Certificate[]) => chain.map(({ sha256 }) => sha256);

describe("isSelfSigned and issuedBy", () => {
  it("want name and signature", () => {
    expect(isSelfSigned(rootCert)).toBe(true);
    expect(isSelfSigned(middleCert)).toBe(false);
    expect(isSelfSigned(issue(root, { ...middle, name: "Root" }))).toBe(false);
    expect(issuedBy(middleCert, rootCert)).toBe(true);
    expect(issuedBy(middleCert, issue({ ...middle, name: "Root" }, root))).toBe(false);
    expect(issuedBy(issue(middle, { ...root, name: "Other" }), rootCert)).toBe(false);
  });

  it("hold for the chain that openssl made", () => {
    const [server, intermediate, top] = ["server", "intermediate", "root"].map((name) =>
      parseCertificate(pemFixture(`pem/${name}.pem`)),
    ) as [Certificate, Certificate, Certificate];
    expect(completeChain(server, [top, intermediate])).toEqual({
      chain: [server, intermediate, top],
      complete: true,
    });
    expect(isSelfSigned(parseCertificate(pemFixture("pem/ed25519.pem")))).toBe(true);
    expect(issuedBy(parseCertificate(pemFixture("pem/rsa.pem")), top)).toBe(true);
  });
});

describe("completeChain", () => {
  it("orders whatever order the pool has", () => {
    for (const pool of [
      [rootCert, middleCert],
      [middleCert, rootCert, leafCert, middleCert],
    ]) {
      const found = completeChain(leafCert, pool);
      expect(names(found.chain)).toEqual(names([leafCert, middleCert, rootCert]));
      expect(found.complete).toBe(true);
    }
  });

  it("says when it does not reach a root", () => {
    expect(completeChain(leafCert, [])).toEqual({ chain: [leafCert], complete: false });
    const found = completeChain(leafCert, [middleCert]);
    expect(names(found.chain)).toEqual(names([leafCert, middleCert]));
    expect(found.complete).toBe(false);
  });

  it("a self-signed leaf is complete by itself", () => {
    expect(completeChain(rootCert, [rootCert, middleCert])).toEqual({
      chain: [rootCert],
      complete: true,
    });
  });

  it("an impostor with the issuer's name does not stand in the way", () => {
    const impostor = issue(party("Middle"), root);
    const found = completeChain(leafCert, [impostor, middleCert, rootCert]);
    expect(names(found.chain)).toEqual(names([leafCert, middleCert, rootCert]));
  });

  it("prefers the issuer whose key identifier is named, then the one that ends latest", () => {
    const asked = issue(leaf, middle, { extensions: keyIds("leaf", "right") });
    const until = (year: string, own: string) =>
      issue(middle, root, {
        notAfter: utcTime(`${year}0101000000Z`),
        extensions: keyIds(own),
      });
    const right = until("27", "right");
    const later = until("30", "wrong");
    const latest = until("31", "other");
    expect(completeChain(asked, [later, right, rootCert]).chain[1]?.sha256).toBe(right.sha256);
    expect(completeChain(leafCert, [later, latest, rootCert]).chain[1]?.sha256).toBe(latest.sha256);
  });

  it("takes the way that ends in a root, not a longer one to nowhere", () => {
    const gone = party("Gone");
    const crossed = issue(middle, gone, { notAfter: utcTime("400101000000Z") });
    const goneCert = issue(gone, party("Nobody"));
    const found = completeChain(leafCert, [crossed, goneCert, middleCert, rootCert]);
    expect(names(found.chain)).toEqual(names([leafCert, middleCert, rootCert]));
    expect(found.complete).toBe(true);
    const lost = completeChain(leafCert, [crossed, goneCert]);
    expect(names(lost.chain)).toEqual(names([leafCert, crossed, goneCert]));
    expect(lost.complete).toBe(false);
  });

  it("ends where CAs certify each other in a circle", () => {
    const a = party("A");
    const b = party("B");
    const pool = [issue(a, b), issue(b, a)];
    const found = completeChain(issue(leaf, a), pool);
    expect(found.complete).toBe(false);
    expect(found.chain.length).toBe(3);
  });

  it("checks at most a hundred signatures, however many certificates have the name", () => {
    const many = Array.from({ length: 150 }, (_, i) =>
      issue(root, root, {
        serial: der.integer(i + 2),
        subject: nameOf("2.5.4.3", der.utf8("Middle")),
      }),
    );
    // The right one sorts last: it ends first.
    const right = issue(middle, root, { notAfter: utcTime("260601000000Z") });
    expect(completeChain(leafCert, [...many.slice(0, 98), right, rootCert]).complete).toBe(false);
    expect(completeChain(leafCert, [...many.slice(0, 97), right, rootCert]).complete).toBe(true);
    expect(completeChain(leafCert, [...many, right, rootCert]).chain.length).toBe(1);
  });

  it("a mesh of CAs that all certify each other ends within its budget", () => {
    const parties: Party[] = Array.from({ length: 12 }, (_, i) => party(`CA ${i}`));
    const pool = parties.flatMap((a) => parties.filter((b) => b !== a).map((b) => issue(a, b)));
    const found = completeChain(issue(leaf, parties[0] as Party), pool);
    expect(found.complete).toBe(false);
  });

  it("one finder serves many leaves", () => {
    const find = chainFinder([rootCert, middleCert]);
    for (let i = 0; i < 3; i++) {
      expect(find(issue(party(`L${i}`), middle)).complete).toBe(true);
    }
  });
});
