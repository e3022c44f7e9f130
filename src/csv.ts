// CSV that leaves us (RFC 4180). A cell that a spreadsheet would run as a formula is neutralised with an apostrophe, as
// OWASP advises; full-width signs are formulas too. A file is
// named after the shop, and the name of a shop may have any sign in it.

/**
 * The headers of a CSV that is saved as `name`: whole as RFC 8187 encodes it, and for old readers in ASCII. What would end
 * the header, or lead into another folder, is no part of either.
 */
export function csvHeaders(name: string): Record<string, string> {
  const plain = name.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}"\\/]/gu, "_");
  const ascii = plain.replace(/[^\x20-\x7e]|%/gu, "_");
  const whole = encodeURIComponent(plain).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": `attachment; filename="${ascii}"; filename*=UTF-8''${whole}`,
  };
}

/** One cell, quoted. */
export const cell = (text: string): string =>
  `"${(/^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
