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
    expect(imageType(patched("lossless", 20, [0x2e]))).toBeNull();
    expect([0, 8].map((at) => imageType(patched("webp", at, [0])))).toEqual([null, null]);
  });

  it("as AVIF has a list of items of version 0 to 2, and boxes of any size", () => {
    const box = (name: string, content: number[]) => {
      const size = content.length + 8;
      return [0, 0, size >> 8, size & 255, ...latin1(name), ...content];
    };
    const avif = (version: number, content: number[], data: number[] = box("mdat", [1, 2, 3, 4])) =>
      Buffer.from([
        ...box("ftyp", [...latin1("avif"), 0, 0, 0, 0]),
        ...box("meta", [0, 0, 0, 0, ...box("iloc", [version, 0, 0, 0, 0x44, 0, ...content])]),
        ...data,
      ]);
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
