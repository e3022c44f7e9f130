// CSV that leaves us (RFC 4180). A cell that a spreadsheet would run as a formula is neutralised with an apostrophe, as
// OWASP advises.

/** One cell, quoted. */
export const cell = (text: string): string =>
  `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
