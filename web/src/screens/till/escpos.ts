// Text for receipt printers that speak ESC/POS: Latin letters in code page 858, a barcode, the cut, and the drawer.
const ESC = 0x1b;
const GS = 0x1d;
const LF = 0x0a;
const CODE_PAGE_858 = 19;
const CODE_128 = 73;
const CENTRED = [ESC, 0x61, 1];
const ON_THE_LEFT = [ESC, 0x61, 0];

// What code page 858 has from 0x80 on.
const UPPER =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00AD±‗¾¶§÷¸°¨·¹³²■\u00A0";

const UNKNOWN = 0x3f;

function byteOf(character: string): number {
  const code = character.codePointAt(0) ?? UNKNOWN;
  if (code < 0x80) return code;
  const at = UPPER.indexOf(character);
  if (at !== -1) return 0x80 + at;
  // A letter whose mark the printer lacks is printed without it, and any space as one.
  if (/\s/u.test(character)) return 0x20;
  const [plain = ""] = character.normalize("NFD");
  return plain !== character && plain.charCodeAt(0) < 0x80 ? plain.charCodeAt(0) : UNKNOWN;
}

const bytesOf = (text: string): number[] => Array.from(text, byteOf);

/** A receipt number, which has letters, digits and hyphens, in the centre as Code 128 (set B): 60 dots high, modules of 2 dots. */
function barcode(number: string): number[] {
  const data = bytesOf(`{B${number}`);
  const size = [GS, 0x68, 60, GS, 0x77, 2];
  return [LF, ...CENTRED, ...size, GS, 0x6b, CODE_128, data.length, ...data, ...ON_THE_LEFT];
}

/**
 * The bytes that print a receipt, with its number as a barcode if it has one, and cut the paper; with `opensDrawer` also those that open the
 * drawer.
 */
export function escPos(text: string, number: string | null, opensDrawer: boolean): Uint8Array<ArrayBuffer> {
  const start = [ESC, 0x40, ESC, 0x74, CODE_PAGE_858];
  const drawer = opensDrawer ? [ESC, 0x70, 0, 25, 250] : [];
  // Fed to the knife, and cut.
  const end = [LF, LF, GS, 0x56, 66, 0];
  const bars = number === null ? [] : barcode(number);
  return Uint8Array.from([start, drawer, bytesOf(text.normalize("NFC")), bars, end].flat());
}
