// Download headers for CSV. The file is named after the shop, whose name may contain any character.

/**
 * The headers of a CSV download named `name`: RFC 8187 for the full name, with an ASCII fallback. Characters that would end
 * the header or name another folder are replaced.
 */
export function csvDownloadHeaders(name: string): Record<string, string> {
  const plain = name.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}"\\/]/gu, "_");
  const ascii = plain.replace(/[^\x20-\x7e]|%/gu, "_");
  const encoded = encodeURIComponent(plain).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`,
  };
}
