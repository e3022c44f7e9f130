const PALETTES = 8;

/** The class of the colours of a cover without an image: always the same for a product. */
export function paletteOf(sku: string): string {
  let hash = 7;
  for (const letter of sku) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return `palette-${hash % PALETTES}`;
}
