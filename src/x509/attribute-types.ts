import { Tag } from "../bytes/der-tag.ts";

/** How one attribute type of a distinguished name is called, encoded and bounded. */
export interface AttributeType {
  readonly oid: string;
  /** What `printName` calls it: RFC 4514 §3 where it has a name, else OpenSSL's short name. */
  readonly name: string;
  /** Other names `parseName` takes, upper case. */
  readonly aliases: readonly string[];
  /** The string type we write. */
  readonly tag: number;
  /** Most characters (RFC 5280 appendix A.1, X.520 for the rest); absent: 32,768, RFC 5280's ub-name. */
  readonly limit?: number;
}

const { utf8String: UTF8, printableString: PRINTABLE, ia5String: IA5 } = Tag;

/**
 * The attribute types that have a name here. UTF8String is what RFC 5280 §4.1.2.4 asks of new
 * DirectoryStrings; the types that its appendix A.1 defines otherwise keep that definition.
 */
export const ATTRIBUTE_TYPES: readonly AttributeType[] = [
  { oid: "2.5.4.3", name: "CN", aliases: ["COMMONNAME"], tag: UTF8, limit: 64 },
  { oid: "2.5.4.6", name: "C", aliases: ["COUNTRY", "COUNTRYNAME"], tag: PRINTABLE, limit: 2 },
  { oid: "2.5.4.7", name: "L", aliases: ["LOCALITY", "LOCALITYNAME"], tag: UTF8, limit: 128 },
  {
    oid: "2.5.4.8",
    name: "ST",
    aliases: ["S", "SP", "STATE", "STATEORPROVINCENAME"],
    tag: UTF8,
    limit: 128,
  },
  {
    oid: "2.5.4.10",
    name: "O",
    aliases: ["ORGANIZATION", "ORGANIZATIONNAME"],
    tag: UTF8,
    limit: 64,
  },
  {
    oid: "2.5.4.11",
    name: "OU",
    aliases: ["ORGANIZATIONALUNIT", "ORGANIZATIONALUNITNAME"],
    tag: UTF8,
    limit: 64,
  },
  { oid: "2.5.4.9", name: "STREET", aliases: ["STREETADDRESS"], tag: UTF8, limit: 128 },
  { oid: "0.9.2342.19200300.100.1.25", name: "DC", aliases: ["DOMAINCOMPONENT"], tag: IA5 },
  { oid: "0.9.2342.19200300.100.1.1", name: "UID", aliases: ["USERID"], tag: UTF8, limit: 256 },
  {
    oid: "1.2.840.113549.1.9.1",
    name: "emailAddress",
    aliases: ["E", "EMAIL", "MAIL"],
    tag: IA5,
    limit: 255,
  },
  { oid: "2.5.4.5", name: "serialNumber", aliases: [], tag: PRINTABLE, limit: 64 },
  { oid: "2.5.4.46", name: "dnQualifier", aliases: ["DNQ"], tag: PRINTABLE },
  { oid: "2.5.4.12", name: "title", aliases: ["T"], tag: UTF8, limit: 64 },
  { oid: "2.5.4.4", name: "SN", aliases: ["SURNAME"], tag: UTF8 },
  { oid: "2.5.4.42", name: "GN", aliases: ["GIVENNAME"], tag: UTF8 },
  { oid: "2.5.4.43", name: "initials", aliases: [], tag: UTF8 },
  {
    oid: "2.5.4.44",
    name: "generationQualifier",
    aliases: ["GENERATION"],
    tag: UTF8,
  },
  { oid: "2.5.4.65", name: "pseudonym", aliases: [], tag: UTF8, limit: 128 },
  { oid: "2.5.4.17", name: "postalCode", aliases: ["PC"], tag: UTF8, limit: 40 },
  { oid: "2.5.4.18", name: "postOfficeBox", aliases: ["POBOX"], tag: UTF8, limit: 40 },
  { oid: "2.5.4.16", name: "postalAddress", aliases: [], tag: UTF8 },
  { oid: "2.5.4.20", name: "telephoneNumber", aliases: ["PHONE"], tag: PRINTABLE, limit: 32 },
  { oid: "2.5.4.13", name: "description", aliases: [], tag: UTF8, limit: 1024 },
  { oid: "2.5.4.15", name: "businessCategory", aliases: [], tag: UTF8, limit: 128 },
  { oid: "2.5.4.41", name: "name", aliases: [], tag: UTF8 },
  { oid: "2.5.4.45", name: "x500UniqueIdentifier", aliases: [], tag: Tag.bitString },
  { oid: "2.5.4.97", name: "organizationIdentifier", aliases: [], tag: UTF8, limit: 256 },
  { oid: "1.2.840.113549.1.9.2", name: "unstructuredName", aliases: [], tag: UTF8, limit: 255 },
  {
    oid: "1.2.840.113549.1.9.8",
    name: "unstructuredAddress",
    aliases: [],
    tag: UTF8,
    limit: 255,
  },
  { oid: "0.9.2342.19200300.100.1.3", name: "rfc822Mailbox", aliases: [], tag: IA5, limit: 256 },
  {
    oid: "1.3.6.1.4.1.311.60.2.1.1",
    name: "jurisdictionL",
    aliases: ["JURISDICTIONLOCALITYNAME"],
    tag: UTF8,
    limit: 128,
  },
  {
    oid: "1.3.6.1.4.1.311.60.2.1.2",
    name: "jurisdictionST",
    aliases: ["JURISDICTIONSTATEORPROVINCENAME"],
    tag: UTF8,
    limit: 128,
  },
  {
    oid: "1.3.6.1.4.1.311.60.2.1.3",
    name: "jurisdictionC",
    aliases: ["JURISDICTIONCOUNTRYNAME"],
    tag: PRINTABLE,
    limit: 2,
  },
];

/** The names that `printName` gives, by OID. */
export const ATTRIBUTE_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  ATTRIBUTE_TYPES.map((type) => [type.oid, type.name]),
);

/** The attribute type that people call `name`, in any case; undefined where nobody does. */
export function attributeType(name: string): AttributeType | undefined {
  const upper = name.toUpperCase();
  return ATTRIBUTE_TYPES.find(
    (type) => type.name.toUpperCase() === upper || type.aliases.includes(upper),
  );
}

/** The attribute type of an OID, where it has a name here. */
export function attributeTypeOf(oid: string): AttributeType | undefined {
  return ATTRIBUTE_TYPES.find((type) => type.oid === oid);
}
