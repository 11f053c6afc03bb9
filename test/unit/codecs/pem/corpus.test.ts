import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { derCodec, pemCodec } from "../../../../src/codecs/pem/index.ts";
import { recognise } from "../../../../src/codecs/recognise.ts";
import { PkiError } from "../../../../src/model/error.ts";
import { seededBytes } from "../../../support/mutations.ts";
import { sharedFixture, sharedFolder } from "../../../support/shared.ts";

// PEM and DER files of other projects' tests. Skipped where the collection is not at hand.

/** Files outside `malformed/` that we refuse, each with its reason. */
const REFUSED: Readonly<Record<string, string>> = {
  "der/botan__link_SHA256.cer": "two certificates one behind the other",
  "der/gnutls__invalid-date-day.der": "the day is none",
  "der/gnutls__invalid-date-hour.der": "the hour is none",
  "der/gnutls__invalid-date-month.der": "the month is none",
};

const load = (path: string) =>
  new Uint8Array(readFileSync(sharedFixture(`corpus/${path}`) as string));

describe.skipIf(sharedFixture("corpus/manifest.ndjson") === undefined)("the corpus", () => {
  it("PEM, DER and request files come back byte for byte", async () => {
    const surprises: string[] = [];
    let visited = 0;
    for (const folder of ["pem", "der", "csr"]) {
      for (const name of sharedFolder(`corpus/${folder}`)) {
        const path = `${folder}/${name}`;
        const bytes = load(path);
        const format = recognise(bytes);
        if (format !== "pem" && format !== "der") continue; // public keys and the like
        visited++;
        const codec = format === "pem" ? pemCodec : derCodec;
        try {
          const { store, container } = await codec.read(bytes, {});
          const written = await codec.write(store, container, {}, seededBytes(1));
          if (Buffer.compare(written, bytes) !== 0) surprises.push(`${path}: other bytes`);
          else if (path in REFUSED) surprises.push(`${path}: is read now`);
        } catch (error) {
          if (!(error instanceof PkiError)) throw new Error(path, { cause: error });
          if (!(path in REFUSED)) surprises.push(`${path}: ${error.code} ${error.message}`);
        }
      }
    }
    expect(surprises).toEqual([]);
    expect(visited).toBeGreaterThan(900);
  });

  it("malformed files end as a store or a PkiError", async () => {
    let visited = 0;
    for (const name of sharedFolder("corpus/malformed")) {
      const bytes = load(`malformed/${name}`);
      for (const codec of [pemCodec, derCodec]) {
        visited++;
        try {
          await codec.read(bytes, {});
        } catch (error) {
          expect(error, name).toBeInstanceOf(PkiError);
        }
      }
    }
    expect(visited).toBeGreaterThan(300);
  });
});
