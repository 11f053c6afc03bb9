import { describe, expect, it } from "vitest";
import {
  ca,
  cert,
  ecKey,
  type Forged,
  personal,
  rsaKey,
  signer,
} from "../../../scripts/fixtures/rules/forge.ts";
import { CertificateView } from "../../../src/audit/certificate-view.ts";
import { StoreView } from "../../../src/audit/store-view.ts";
import type { Entry } from "../../../src/model/store.ts";

const root = ca("CN=Root,O=Forge");
const middle = ca("CN=Middle,O=Forge", { issuer: root });
const leaf = cert({ subject: "CN=leaf,O=Forge", issuer: middle });

function look(...entries: readonly Entry[]) {
  const views = new Map<string, CertificateView>();
  const viewOf = (certificate: Forged["certificate"]): CertificateView => {
    const view = views.get(certificate.sha256) ?? new CertificateView(certificate);
    views.set(certificate.sha256, view);
    return view;
  };
  const whole = new StoreView(
    {
      path: "x.kdb",
      file: { size: 1, extension: ".kdb" },
      container: { format: "kdb", version: "4", protection: "", integrity: "verified" },
      store: { entries },
      keys: [],
    },
    viewOf,
  );
  const path = (one: Forged) => {
    const { chain, end } = whole.pathOf(viewOf(one.certificate));
    return `${chain.map(({ commonName }) => commonName).join(" < ")}: ${end}`;
  };
  return { whole, path, viewOf };
}

const broken = (octets: Uint8Array): Uint8Array =>
  octets.map((octet, i) => (i === octets.length - 1 ? octet ^ 1 : octet));

describe("pathOf", () => {
  it("goes up to the root, wherever in the store its certificates are", () => {
    const { path } = look(personal("a", leaf, [middle]), signer("r", root));
    expect(path(leaf)).toBe("leaf < Middle < Root: root");
    expect(path(root)).toBe("Root: root");
  });

  it("ends where the issuer is not in the store", () => {
    expect(look(personal("a", leaf), signer("r", root)).path(leaf)).toBe("leaf: missing");
    expect(look(personal("a", leaf, [middle])).path(leaf)).toBe("leaf < Middle: missing");
  });

  it("ends where the issuer's key did not make the signature", () => {
    const forged = cert({ subject: "CN=leaf,O=Forge", issuer: middle, signature: broken });
    const { path } = look(personal("a", forged, [middle]), signer("r", root));
    expect(path(forged)).toBe("leaf: wrong");
  });

  it("tells another CA of the same name by its key identifier", () => {
    const namesake = ca("CN=Middle,O=Forge", { issuer: root, key: ecKey("namesake") });
    expect(look(personal("a", leaf), signer("m", namesake)).path(leaf)).toBe("leaf: missing");
    const both = look(
      personal("a", leaf),
      signer("n", namesake),
      signer("m", middle),
      signer("r", root),
    );
    expect(both.path(leaf)).toBe("leaf < Middle < Root: root");
  });

  it("takes a self-issued certificate whose own key did not sign it for no root", () => {
    const fake = cert({ subject: "CN=fake,O=Forge", signature: broken });
    expect(look(signer("f", fake)).path(fake)).toBe("fake: wrong");
    const namesake = cert({ subject: "CN=Root,O=Forge", issuer: root, key: ecKey("other") });
    expect(look(signer("n", namesake), signer("r", root)).path(namesake)).toBe("Root < Root: root");
  });

  it("proves nothing by hashes that a machine may have switched off", () => {
    const key = rsaKey("old root");
    const old = ca("CN=Old,O=Forge", { key, hash: "md2" });
    const below = cert({ subject: "CN=below,O=Forge", issuer: old, hash: "md2" });
    expect(look(personal("a", below), signer("o", old)).path(below)).toBe("below < Old: root");
  });

  it("comes to an end where CAs signed each other", () => {
    const a = ca("CN=A,O=Forge");
    const b = ca("CN=B,O=Forge");
    const aByB = ca("CN=A,O=Forge", { issuer: b, key: a.key });
    const bByA = ca("CN=B,O=Forge", { issuer: a, key: b.key });
    const own = cert({ subject: "CN=own,O=Forge", issuer: a });
    expect(look(personal("x", own), signer("1", aByB), signer("2", bByA)).path(own)).toBe(
      "own < A < B: missing",
    );
  });
});

describe("issuesHere", () => {
  it("is about signatures, not names", () => {
    const namesake = ca("CN=Middle,O=Forge", { issuer: root, key: ecKey("namesake") });
    const { whole, viewOf } = look(signer("l", leaf), signer("m", middle), signer("n", namesake));
    expect(whole.issuesHere(viewOf(middle.certificate))).toBe(true);
    expect(whole.issuesHere(viewOf(namesake.certificate))).toBe(false);
    expect(whole.issuesHere(viewOf(leaf.certificate))).toBe(false);
  });
});

describe("signers and chained", () => {
  it("leaves disabled signers out, and knows what stands above a key", () => {
    const other = ca("CN=Other,O=Forge");
    const { whole } = look(personal("a", leaf), signer("m", middle), signer("o", other, false));
    expect(whole.signers.map(({ commonName }) => commonName)).toEqual(["Middle"]);
    expect([...whole.chained].sort()).toEqual(
      [leaf, middle].map(({ certificate }) => certificate.sha256).sort(),
    );
  });
});
