import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { imageType } from "../../../src/catalog/covers/images.ts";
import { image, imageNames, type ImageName } from "../../support/images.ts";

const types: Record<ImageName, string> = {
  jpeg: "jpg",
  progressive: "jpg",
  png: "png",
  webp: "webp",
  lossless: "webp",
  animated: "webp",
  avif: "avif",
};

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

/** The image overwritten with these bytes. */
function patched(name: ImageName, at: number, bytes: number[]): Buffer {
  const copy = image(name);
  copy.set(bytes, at);
  return copy;
}

/** A JPEG of one frame and one scan. */
const jpegOf = ({ marker = 0xc0, width = 1, size = 11, scanSize = 2, scan = [1, 2] }) =>
  Buffer.from([
    0xff,
    0xd8,
    0xff,
    marker,
    0,
    size,
    ...[8, 0, 1, width >> 8, width & 255, 1, 1, 0x11, 0].slice(0, size - 2),
    0xff,
    0xda,
    0,
    scanSize,
    ...scan,
    0xff,
    0xd9,
  ]);

function chunk(name: string, content: number[]): Buffer {
  const body = Buffer.from([...latin1(name), ...content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

const pngOf = (...chunks: Buffer[]) => Buffer.concat([latin1("\x89PNG\r\n\x1a\n"), ...chunks]);

const ihdr = (width: number, height: number) => [0, 0, 0, width, 0, 0, 0, height, 8, 0, 0, 0, 0];

/** A WebP of these chunks, and zeros up to `size`. */
function webpOf(chunks: [string, number[]][], size?: number): Buffer {
  const body = chunks.flatMap(([name, content]) => [
    ...latin1(name),
    content.length,
    0,
    0,
    0,
    ...content,
    ...(content.length % 2 === 1 ? [0] : []),
  ]);
  const bytes = Buffer.alloc(size ?? body.length + 12);
  bytes.set(
    [...latin1("RIFF"), bytes.length - 8, 0, 0, 0, ...latin1("WEBP"), ...body].slice(0, bytes.length),
  );
  return bytes;
}

/** A box of ISO/IEC 14496-12. */
const box = (name: string, content: number[]) => {
  const size = content.length + 8;
  return [0, 0, size >> 8, size & 255, ...latin1(name), ...content];
};

/** An AVIF whose iloc has this version, these sizes (of offset and length, of base and index) and items. */
const avif = (
  version: number,
  content: number[],
  data: number[] = box("mdat", [1, 2, 3, 4]),
  { sizes = [0x44, 0], brands = "avif\0\0\0\0" } = {},
) =>
  Buffer.from([
    ...box("ftyp", [...latin1(brands)]),
    ...box("meta", [0, 0, 0, 0, ...box("iloc", [version, 0, 0, 0, ...sizes, ...content])]),
    ...data,
  ]);

describe.each(imageNames)("%s", (name) => {
  it("is detected by its bytes", () => {
    expect(imageType(image(name))).toBe(types[name]);
  });

  it("truncated anywhere is not an image", () => {
    const complete = image(name);
    for (let length = 0; length < complete.length; length += 1)
      expect(imageType(complete.subarray(0, length)), `${length} of ${complete.length} bytes`).toBeNull();
  });

  it("with a byte before it is not an image", () => {
    expect(imageType(Buffer.concat([latin1(" "), image(name)]))).toBeNull();
  });

  it("filled with zeros from any position never throws", () => {
    const complete = image(name);
    for (let from = 0; from < complete.length; from += 1) {
      const broken = Buffer.from(complete).fill(0, from);
      expect([types[name], null]).toContain(imageType(broken));
    }
  });
});

describe("an image", () => {
  it("as JPEG may have trailing data, in other types it may not", () => {
    for (const name of imageNames)
      expect(imageType(Buffer.concat([image(name), Buffer.alloc(7)]))).toBe(
        types[name] === "jpg" ? "jpg" : null,
      );
  });

  it("as PNG has the correct CRC in each chunk", () => {
    const png = image("png");
    for (let at = 8; at < png.length; at += 1)
      expect(imageType(patched("png", at, [(png[at] ?? 0) ^ 1])), `byte ${at}`).toBeNull();
  });

  it("as JPEG has a frame and a scan, not only both ends", () => {
    expect(imageType(Buffer.from([0xff, 0xd8, 0xff, 0xd9]))).toBeNull();
    expect(imageType(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x02, 0xff, 0xd9]))).toBeNull();
  });

  it("as JPEG is not complete at the end of a thumbnail within it", () => {
    const [jpeg, length] = [image("jpeg"), image("jpeg").length + 2];
    const thumbnail = Buffer.concat([Buffer.from([0xff, 0xe1, length >> 8, length & 255]), jpeg]);
    const complete = Buffer.concat([jpeg.subarray(0, 2), thumbnail, jpeg.subarray(2)]);
    expect(imageType(complete)).toBe("jpg");
    for (const cut of [1, 2, 100]) expect(imageType(complete.subarray(0, -cut))).toBeNull();
  });

  it("as JPEG has restarts and fill bytes within its scan, and no restart before it", () => {
    const jpeg = image("jpeg");
    const insert = (at: number, ...bytes: number[]) =>
      Buffer.concat([jpeg.subarray(0, at), Buffer.from(bytes), jpeg.subarray(at)]);
    for (const restart of [0xd0, 0xd7]) {
      expect(imageType(insert(jpeg.length - 4, 0xff, restart))).toBe("jpg");
      expect(imageType(insert(2, 0xff, restart, 0, 2))).toBeNull();
    }
    expect(imageType(insert(jpeg.length - 4, 0xff, 0xff, 0))).toBe("jpg");
  });

  it("has the signature of its type", () => {
    expect(imageType(patched("png", 0, [0]))).toBeNull();
    expect([0, 1].map((at) => imageType(patched("jpeg", at, [0])))).toEqual([null, null]);
    expect(imageType(patched("lossless", 20, [0x2e]))).toBeNull();
    expect([0, 8].map((at) => imageType(patched("webp", at, [0])))).toEqual([null, null]);
  });

  it("as AVIF has a list of items of version 0 to 2, and boxes of any size", () => {
    // One item with one extent: four bytes from the start of the file.
    const extent = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 4];
    const items: number[][] = [
      [0, 1, 0, 1, ...extent],
      [0, 1, 0, 1, 0, 0, ...extent],
      [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, ...extent],
      [0, 1, 0, 1, 0, 0, ...extent],
    ];
    expect(items.map((each, version) => imageType(avif(version, each)))).toEqual([
      "avif",
      "avif",
      "avif",
      null,
    ]);
    const large = [0, 0, 0, 1, ...latin1("mdat"), 0, 0, 0, 0, 0, 0, 0, 20, 1, 2, 3, 4];
    expect(imageType(avif(0, items[0] ?? [], large))).toBe("avif");
    const mdat = box("mdat", [1, 2, 3, 4]);
    const withLast = (size: number) => avif(0, items[0] ?? [], [...mdat, 0, 0, 0, size, ...latin1("free")]);
    expect([8, 9].map((size) => imageType(withLast(size)))).toEqual(["avif", null]);
  });

  it("as AVIF may have items with a base, an index and data within the meta box, and needs one item", () => {
    const extent = [0, 0, 0, 1, 0, 0, 0, 4];
    const typeWith = (version: number, sizes: number[], content: number[]) =>
      imageType(avif(version, content, undefined, { sizes }));
    const length = avif(0, [0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, ...extent], undefined, {
      sizes: [0x44, 0x40],
    }).length;
    const based = (base: number) =>
      typeWith(0, [0x44, 0x40], [0, 1, 0, 1, 0, 0, 0, 0, 0, base, 0, 1, ...extent]);
    expect([length - 5, length - 4].map(based)).toEqual(["avif", null]);
    expect(typeWith(1, [0x44, 0x04], [0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 9, 9, 9, 9, ...extent])).toBe("avif");
    const beyond = [0, 0, 1, 0, 0, 0, 0, 4];
    const ofMethod = (method: number) =>
      typeWith(1, [0x44, 0], [0, 1, 0, 1, 0, method, 0, 0, 0, 1, ...beyond]);
    expect([0, 1].map(ofMethod)).toEqual([null, "avif"]);
    expect(typeWith(0, [0x44, 0], [0, 0])).toBeNull();
    expect(typeWith(0, [0x44, 0], [0, 1, 0, 1, 0, 0, 0, 0])).toBeNull();
    expect(typeWith(0, [0x44, 0], [0, 2, 0, 1, 0, 0, 0, 1, ...extent])).toBeNull();
    // Of two items the one that ends last counts, in either order.
    const two = (...ends: number[]) =>
      typeWith(0, [0x44, 0], [0, 2, ...ends.flatMap((end) => [0, 1, 0, 0, 0, 1, 0, 0, end, 0, 0, 0, 0, 0])]);
    expect([two(0, 0), two(1, 0), two(0, 1)]).toEqual(["avif", null, null]);
    expect(typeWith(0, [0x04, 0], [0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 4])).toBe("avif");
    expect(typeWith(0, [0x40, 0], [0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 4])).toBe("avif");
    expect(typeWith(0, [0, 0], [0, 1, 0, 1, 0, 0, 0, 1])).toBeNull();
    // 64-bit offsets, lengths and bases.
    const long = [0, 0, 0, 0, 0, 0, 0, 1];
    expect(typeWith(0, [0x88, 0x80], [0, 1, 0, 1, 0, 0, ...long, 0, 1, ...long, ...long])).toBe("avif");
  });

  it("as AVIF names its brand anywhere but in the minor version, and its boxes end where they say", () => {
    const item = [0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 4];
    const named = (brands: string) => imageType(avif(0, item, undefined, { brands }));
    expect(["avis\0\0\0\0", "mif1\0\0\0\0avif", "mif1\0\0\0\0msf1avis", "mif1avifmiaf"].map(named)).toEqual([
      "avif",
      "avif",
      "avif",
      null,
    ]);
    const large = (...size: number[]) => imageType(avif(0, item, [0, 0, 0, 1, ...latin1("mdat"), ...size]));
    expect(large(0, 0, 0, 0, 0, 0, 0, 16)).toBe("avif");
    expect([15, 17].map((size) => large(0, 0, 0, 0, 0, 0, 0, size))).toEqual([null, null]);
    expect(large(0, 0, 0, 0, 0, 0, 0)).toBeNull();
    expect(
      [
        [0, 0, 0, 7],
        [0, 0, 0, 8],
      ].map((size) => imageType(avif(0, item, [...size, ...latin1("free")]))),
    ).toEqual([null, "avif"]);
    expect(imageType(avif(0, item, [0, 0, 0, 0, ...latin1("fre")]))).toBeNull();
    expect(imageType(Buffer.from([...latin1("    free"), ...avif(0, item)]))).toBeNull();
    const renamed = avif(0, item);
    renamed.write("styp", 4, "latin1");
    expect(imageType(renamed)).toBeNull();
    // A box has at least the bytes of its own size and name, so the next one does not begin within these.
    expect(imageType(avif(0, item, [0, 0, 0, 4, 0, 0, 0, 8, ...latin1("free")]))).toBeNull();
  });

  it("as JPEG has a frame of any kind with a width, and no tables in its place", () => {
    const detected = Array.from({ length: 16 }, (_, nth) => imageType(jpegOf({ marker: 0xc0 + nth })));
    expect(detected.flatMap((type, nth) => (type === null ? [nth] : []))).toEqual([4, 8, 12]);
    for (const marker of [0xbf, 0xd0, 0xd7, 0xd8, 0xdb, 0xe0])
      expect(imageType(jpegOf({ marker }))).toBeNull();
    expect([0, 1, 0x100].map((width) => imageType(jpegOf({ width })))).toEqual([null, "jpg", "jpg"]);
    expect([7, 8, 9].map((size) => imageType(jpegOf({ size })))).toEqual([null, null, "jpg"]);
    // The size of a segment includes its own two bytes.
    expect([0, 1, 2, 4].map((scanSize) => imageType(jpegOf({ scanSize })))).toEqual([
      null,
      null,
      "jpg",
      "jpg",
    ]);
    const parts = jpegOf({});
    for (const second of [0, 0xd7, 0xd9, 0xff]) {
      const other = jpegOf({});
      other[1] = second;
      expect(imageType(other)).toBeNull();
    }
    expect(imageType(Buffer.concat([parts.subarray(0, 15), Buffer.from([0xff, 0xd9])]))).toBeNull();
    expect(imageType(Buffer.concat([parts.subarray(0, 2), parts.subarray(15)]))).toBeNull();
    const second = [0xff, 0xda, 0, 2, 3];
    const scans = [[1, 0xff, 0, 2, 0xff, 0xd0, 3, 0xff, 0xd7, 4], [1, 0xff], [1, ...second], []];
    expect(scans.map((scan) => imageType(jpegOf({ scan })))).toEqual(["jpg", "jpg", "jpg", "jpg"]);
    expect(
      [
        [1, 0xff, 0xd8, 0, 2],
        [1, 0xff, 1, 0, 2],
      ].map((scan) => imageType(jpegOf({ scan }))),
    ).toEqual([null, null]);
    for (const length of [0, 1]) {
      const empty = Buffer.concat([
        parts.subarray(0, 2),
        Buffer.from([0xff, 0xe0, 0, length]),
        parts.subarray(2),
      ]);
      expect(imageType(empty)).toBeNull();
    }
    expect(
      imageType(
        Buffer.concat([parts.subarray(0, 2), Buffer.from([0xff, 0xe0, 0, 2, 0xff]), parts.subarray(2)]),
      ),
    ).toBe("jpg");
  });

  it("as PNG begins with its size, once, and has pixels", () => {
    const [header, pixels, end] = [chunk("IHDR", ihdr(1, 1)), chunk("IDAT", [1]), chunk("IEND", [])];
    const text = chunk("tEXt", ihdr(1, 1));
    expect(imageType(pngOf(header, text, pixels, end))).toBe("png");
    expect(imageType(pngOf(text, header, pixels, end))).toBeNull();
    expect(imageType(pngOf(text, pixels, end))).toBeNull();
    expect(imageType(pngOf(header, header, pixels, end))).toBeNull();
    expect(imageType(pngOf(header, end))).toBeNull();
    expect(imageType(pngOf(header, pixels))).toBeNull();
    expect(imageType(pngOf(header, pixels, end, text))).toBeNull();
    const sized = (content: number[]) => imageType(pngOf(chunk("IHDR", content), pixels, end));
    expect([sized(ihdr(255, 255)), sized(ihdr(0, 1)), sized(ihdr(1, 0))]).toEqual(["png", null, null]);
    expect([sized(ihdr(1, 1).slice(1)), sized([...ihdr(1, 1), 0])]).toEqual([null, null]);
  });

  it("as WebP begins with one of three chunks and has pixels of a known form", () => {
    const [lossy, lossless] = [
      [0, 0, 0, 0x9d, 1, 0x2a],
      [0x2f, 0, 0, 0],
    ];
    const types: [string | null, ...[string, number[]][]][] = [
      ["webp", ["VP8 ", lossy]],
      ["webp", ["VP8L", lossless]],
      ["webp", ["VP8X", [0]], ["ALPH", [0]], ["VP8 ", lossy]],
      ["webp", ["VP8L", [0x2f, 1, 2]], ["EXIF", [1]]],
      ["webp", ["VP8L", lossless], ["EXIF", []]],
      ["webp", ["VP8X", [0]], ["ANMF", Array<number>(25).fill(0)]],
      [null, ["ALPH", [0]], ["VP8 ", lossy]],
      [null, ["VP8 ", [0, 0, 0, 0x9d, 1, 0x2b]]],
      [null, ["VP8L", [0x2e, 0, 0, 0]]],
      [null, ["VP8X", lossy]],
      [null, ["VP8X", lossless]],
      [null, ["VP8X", Array<number>(26).fill(0)]],
      [null, ["VP8X", [0]], ["ANMF", Array<number>(24).fill(0)]],
    ];
    expect(types.map(([, ...chunks]) => imageType(webpOf(chunks)))).toEqual(types.map(([type]) => type));
    const complete = webpOf([["VP8L", lossless]]);
    expect([-1, 1, 2].map((more) => imageType(webpOf([["VP8L", lossless]], complete.length + more)))).toEqual(
      [null, null, null],
    );
    expect(imageType(Buffer.concat([complete, Buffer.alloc(2)]))).toBeNull();
    for (const size of [complete.length - 10, complete.length - 6]) {
      const other = webpOf([["VP8L", lossless]]);
      other.writeUInt32LE(size, 4);
      expect(imageType(other)).toBeNull();
    }
  });

  it("as WebP has the beginning of its pixels, and is none without it", () => {
    const ofLength = (length: number) =>
      imageType(webpOf([["VP8 ", [0, 0, 0, 0x9d, 1, 0x2a].slice(0, length)]]));
    expect([0, 1, 2, 3, 4, 5, 6].map(ofLength)).toEqual([null, null, null, null, null, null, "webp"]);
  });

  it.each(imageNames)("is read without a failure to wherever %s breaks off", (name) => {
    const whole = image(name);
    for (let length = 0; length < whole.length; length += 1) {
      const part = Buffer.from(whole.subarray(0, length));
      if (types[name] === "webp" && length >= 12) part.writeUInt32LE(length - 8, 4);
      // The rest of a WebP may have pixels of its own.
      expect(types[name] === "webp" ? [null, "webp"] : [null], String(length)).toContain(imageType(part));
    }
  });

  it("as animated WebP has frames with pixels", () => {
    const animation = (frameBytes: number): Buffer => {
      const [header, frame] = [Buffer.alloc(30), Buffer.alloc(8 + frameBytes)];
      header.write("RIFF____WEBPVP8X", "latin1");
      header.writeUInt32LE(header.length + frame.length - 8, 4);
      header.writeUInt32LE(10, 16);
      frame.write("ANMF", "latin1");
      frame.writeUInt32LE(frameBytes, 4);
      return Buffer.concat([header, frame]);
    };
    expect([24, 26].map((bytes) => imageType(animation(bytes)))).toEqual([null, "webp"]);
  });

  it("as AVIF with an open last box is complete if all its items are present", () => {
    const avif = image("avif");
    const open = patched("avif", avif.indexOf("mdat") - 4, [0, 0, 0, 0]);
    expect(imageType(open)).toBe("avif");
    for (const cut of [1, 20, 55]) expect(imageType(open.subarray(0, -cut))).toBeNull();
  });

  it("as AVIF has that brand: HEIC photos and films are rejected", () => {
    const brand = image("avif").toString("latin1");
    for (const other of ["heic", "isom", "mif1"])
      expect(imageType(latin1(brand.replaceAll("avif", other)))).toBeNull();
  });

  it.each([
    ["nothing", ""],
    ["text", "hello"],
    ["SVG", '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ["HTML", "<!doctype html><script>alert(1)</script>"],
    [
      "GIF",
      "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    ],
    ["PDF", "%PDF-1.7\n%%EOF\n"],
    ["the names alone", "\x89PNG\r\n\x1a\n"],
    ["an empty WebP", "RIFF\x04\x00\x00\x00WEBP"],
    ["an empty AVIF", "\x00\x00\x00\x14ftypavif\x00\x00\x00\x00avif"],
    ["a sound", "RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"],
  ])("is not %s", (_, text) => {
    expect(imageType(latin1(text))).toBeNull();
  });
});
