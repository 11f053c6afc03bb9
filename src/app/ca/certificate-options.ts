import { isIP } from "node:net";
import type { Certificate, DistinguishedName } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import { type AltName, hostName } from "../../x509/build/alt-name.ts";
import { commonName, parseName } from "../../x509/name.ts";
import type { Notice } from "../outcome.ts";

/**
 * How far a certificate is back-dated where `--not-before` does not say: clocks of two machines differ,
 * and a certificate that is not yet valid at the other party is refused like an expired one.
 */
export const BACKDATED_MINUTES = 60;
/** A hundred years: beyond it, it is a typing error. */
const MAX_DAYS = 36_525;
const DAY_MS = 86_400_000;
/** RFC 5280 §4.1.2.5.2 ends here. */
const LAST_SECOND = Date.parse("9999-12-31T23:59:59Z");

export interface ValidityOptions {
  /** Whole days from now, or from `notBefore` where that is given. */
  readonly days?: string;
  /** `2026-01-31` or `2026-01-31T12:00:00Z`; UTC unless it says otherwise. */
  readonly notBefore?: string;
  /** As `notBefore`; a date alone means its last second. */
  readonly notAfter?: string;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Which ends the user has named: these are never moved, only refused. */
  readonly fixed: { readonly notBefore: boolean; readonly notAfter: boolean };
}

/**
 * The validity that the options ask for, in whole seconds.
 *
 * @throws PkiError `usage` for what is no date or number of days, or for an end before the beginning
 */
export function parseValidity(options: ValidityOptions, now: Date, defaultDays: number): Validity {
  if (options.days !== undefined && options.notAfter !== undefined) {
    throw new PkiError("usage", "--days and --not-after say the same thing twice", {
      where: "--not-after",
    });
  }
  const days = options.days === undefined ? defaultDays : parseDays(options.days);
  const start =
    options.notBefore === undefined
      ? new Date(now.getTime() - BACKDATED_MINUTES * 60_000)
      : parseDate(options.notBefore, "--not-before", "T00:00:00Z");
  const from = options.notBefore === undefined ? now : start;
  const end =
    options.notAfter === undefined
      ? new Date(Math.min(from.getTime() + days * DAY_MS, LAST_SECOND))
      : parseDate(options.notAfter, "--not-after", "T23:59:59Z");
  if (end.getTime() <= start.getTime()) {
    throw new PkiError("usage", "the certificate would end before it begins", {
      where: options.notAfter === undefined ? "--not-before" : "--not-after",
    });
  }
  const fixed = {
    notBefore: options.notBefore !== undefined,
    notAfter: options.notAfter !== undefined,
  };
  return { notBefore: wholeSecond(start), notAfter: wholeSecond(end), fixed };
}

function parseDays(text: string): number {
  const days = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= MAX_DAYS) return days;
  throw new PkiError("usage", `needs a number of days from 1 to ${MAX_DAYS}`, { where: "--days" });
}

function parseDate(text: string, where: string, time: string): Date {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(
    text.trim(),
  );
  const [, day, clock, zone] = match ?? [];
  const iso = clock === undefined ? `${day}${time}` : `${day}T${clock}${zone ?? "Z"}`;
  const date = new Date(match === null ? Number.NaN : iso);
  // JavaScript takes 30 February for 2 March.
  const real = !Number.isNaN(date.getTime()) && isCalendarDay(day as string);
  if (real) return date;
  throw new PkiError("usage", "is not a date", {
    where,
    hint: "write 2027-01-31 or 2027-01-31T12:00:00Z",
  });
}

function isCalendarDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

function wholeSecond(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}

/**
 * Keeps a validity inside its issuer's. An end that nobody named is moved and said; one that was named is
 * refused, since a date somebody typed should be in the certificate or not at all.
 *
 * @throws PkiError `usage`
 */
export function insideIssuer(
  validity: Validity,
  issuer: Certificate,
): { readonly validity: Validity; readonly notices: readonly Notice[] } {
  const { fixed } = validity;
  let { notBefore, notAfter } = validity;
  const notices: Notice[] = [];
  if (notBefore < issuer.notBefore) {
    if (fixed.notBefore) throw outside("begin before", issuer.notBefore, "--not-before");
    notBefore = issuer.notBefore;
  }
  if (notAfter > issuer.notAfter) {
    if (fixed.notAfter) throw outside("end after", issuer.notAfter, "--not-after");
    notAfter = issuer.notAfter;
    const message = `the certificate ends with its CA on ${day(notAfter)}`;
    notices.push({ level: "warning", message });
  }
  if (notAfter <= notBefore) throw outside("begin after", issuer.notAfter, "--not-before");
  return { validity: { notBefore, notAfter, fixed }, notices };
}

function outside(how: string, when: Date, where: string): PkiError {
  return new PkiError("usage", `the certificate would ${how} its CA (${when.toISOString()})`, {
    where,
    hint: "choose a date inside the CA's validity",
  });
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** @throws PkiError `name-malformed` with `where` `--subject` */
export function parseSubject(text: string): DistinguishedName {
  try {
    return parseName(text);
  } catch (error) {
    throw error instanceof PkiError ? error.at({ where: "--subject" }) : error;
  }
}

/** A name of one common name, whatever characters it has. @throws PkiError `name-malformed` */
export function nameOf(common: string): DistinguishedName {
  return parseSubject(`CN="${common.replace(/["\\]/g, "\\$&")}"`);
}

/**
 * The alternative names of a certificate that serves, where none were given: clients look nowhere else
 * for a host's name (RFC 9110 §4.3.4), so a common name that is one is taken.
 */
export function altNamesOf(subject: DistinguishedName): {
  readonly altNames: readonly AltName[];
  readonly notices: readonly Notice[];
} {
  const common = commonName(subject);
  if (common !== undefined) {
    const kind = isIP(common) === 0 ? "DNS" : "IP";
    const text = kind === "IP" ? common : hostName(common);
    if (text !== undefined) {
      const message = `no --san was given: ${kind}:${text} is taken from the subject`;
      return { altNames: [{ kind, text }], notices: [{ level: "note", message }] };
    }
  }
  const message =
    "the certificate names no host: clients that compare host names refuse it (give --san DNS:host)";
  return { altNames: [], notices: [{ level: "warning", message }] };
}
