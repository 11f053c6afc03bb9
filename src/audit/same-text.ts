/** Names compare without case and with blanks as one (RFC 5280 §7.1), by their text: what records keep. */
export const sameText = (name: string): string => name.toLowerCase().replace(/\s+/g, " ");
