import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { coverKey, deleteUnused, sweepOrphanedCovers, putCover } from "../../../src/catalog/covers/covers.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf, ORIGIN } from "../../support/client.ts";
import { withFiles } from "../../support/files.ts";
import { image, imageNames } from "../../support/images.ts";
import { until } from "../../support/queues.ts";
import { base, newProduct, newShop, type Shop } from "../../support/shops.ts";

const MiB = 1024 * 1024;
const types: Record<string, string> = {
  jpg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  avif: "image/avif",
};

const put = (shop: Shop, id: string, raw: BodyInit, headers: Record<string, string> = {}) =>
  call("PUT", `${API}/products/${id}/cover`, { token: shop.admin.token, raw, headers });

const read = async (shop: Shop, id: string) =>
  (await call("GET", `${API}/products/${id}`, { token: shop.admin.token })).body;

const patch = (shop: Shop, id: string, cover_image_url: string) =>
  call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { cover_image_url } });

const fetchCover = (url: string, headers: Record<string, string> = {}) =>
  exports.default.fetch(new Request(url, { headers }));

const objectsOf = async (shop: Shop): Promise<string[]> =>
  (await env.FILES.list({ prefix: `covers/${shop.tenant.id}/` })).objects.map(({ key }) => key);

const hasOnly = (shop: Shop, url: string) =>
  until(async () => {
    const [first, ...more] = await objectsOf(shop);
    return more.length === 0 && first !== undefined && url.endsWith(first);
  });

const stream = (bytes: Uint8Array): ReadableStream => new Blob([Buffer.from(bytes)]).stream();

/** A stream whose length is not known before its end. */
const unmeasured = (bytes: Uint8Array): ReadableStream =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });

describe("a cover", () => {
  it.each(imageNames)(
    "of %s is stored, whatever its declared type, and served as immutable",
    async (name) => {
      const shop = await newShop();
      const { id } = await newProduct(shop);
      const response = await put(shop, id, image(name), { "content-type": "text/plain" });
      expect(response.status).toBe(200);
      const url: string = response.body.cover_image_url;
      expect(url).toMatch(
        new RegExp(`^${ORIGIN}${API}/covers/${shop.tenant.id}/[0-9a-f]{64}\\.(jpg|png|webp|avif)$`),
      );
      expect(response.headers.get("etag")).toMatch(/^"v2-[\w-]{22}"$/);
      expect(await read(shop, id)).toEqual(response.body);
      const cover = await fetchCover(url);
      expect(cover.status).toBe(200);
      expect(cover.headers.get("content-type")).toBe(types[url.split(".").at(-1) ?? ""]);
      expect(cover.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(cover.headers.get("x-content-type-options")).toBe("nosniff");
      expect(cover.headers.get("content-security-policy")).toBe("default-src 'none'");
      expect(Buffer.from(await cover.arrayBuffer()).equals(image(name))).toBe(true);
    },
  );

  it("is not sent again to a client that has it, and reads no database", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const url: string = (await put(shop, id, image("png"))).body.cover_image_url;
    const path = url.slice(ORIGIN.length);
    const first = await call("GET", path);
    const etag = first.headers.get("etag") ?? "";
    expect(costOf(first)).toEqual({ queries: 0, read: 0, written: 0 });
    for (const cached of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const second = await call("GET", path, { headers: { "if-none-match": cached } });
      expect([second.status, second.text, second.headers.get("etag")]).toEqual([304, "", etag]);
      expect(second.headers.get("cache-control")).toContain("immutable");
    }
    expect((await call("GET", path, { headers: { "if-none-match": '"x"' } })).status).toBe(200);
    expect((await call("HEAD", path)).status).toBe(200);
  });

  it("that does not exist is a 404, also with If-None-Match, and so is every other path", async () => {
    const shop = await newShop();
    const none = `${API}/covers/${shop.tenant.id}/${"0".repeat(64)}`;
    for (const path of [
      `${none}.png`,
      none,
      `${none}.svg`,
      `${API}/covers/${shop.tenant.id}/..%2F..%2Fimports`,
    ]) {
      const response = await call("GET", path, { headers: { "if-none-match": "*" } });
      expect(response.status, path).toBe(404);
      expect(response.headers.get("cache-control")).toBe("no-store");
    }
  });

  it("has the same URL if it is uploaded again, also for another product", async () => {
    const shop = await newShop();
    const [one, two] = [await newProduct(shop), await newProduct(shop)];
    const first = await put(shop, one.id, image("webp"));
    const second = await put(shop, one.id, image("webp"));
    const other = await put(shop, two.id, image("webp"));
    expect(second.body.cover_image_url).toBe(first.body.cover_image_url);
    expect(other.body.cover_image_url).toBe(first.body.cover_image_url);
    expect((await objectsOf(shop)).length).toBe(1);
  });
});

it("a cover of a product that does not exist is a 404, and is not stored", async () => {
  const shop = await newShop();
  const { id } = await newProduct(await newShop());
  expect((await put(shop, id, image("png"))).status).toBe(404);
  expect(await objectsOf(shop)).toEqual([]);
});

describe("a body that is not a cover", () => {
  const bad: [string, Uint8Array][] = [
    ["text", Buffer.from("hello")],
    ["an SVG", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ["a JPEG cut short", image("jpeg").subarray(0, -1)],
    ["a PNG cut short", image("png").subarray(0, -12)],
    ["a WebP cut short", image("webp").subarray(0, -2)],
    ["an AVIF cut short", image("avif").subarray(0, -1)],
  ];

  it.each(bad)("as %s is a 415, and nothing is stored", async (_, bytes) => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const before = await read(shop, id);
    for (const raw of [bytes.slice(), stream(bytes)]) {
      const response = await put(shop, id, raw, { "content-type": "image/png" });
      expect(response.status).toBe(415);
      expect(response.body.type).toBe("/problems/unsupported-media-type");
    }
    expect(await objectsOf(shop)).toEqual([]);
    expect(await read(shop, id)).toEqual(before);
  });

  it("of more than 5 MB is a 413, sent at once or in chunks; 5 MB are accepted", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const jpeg = image("jpeg");
    const most = Buffer.concat([jpeg, Buffer.alloc(5 * MiB - jpeg.length)]);
    const more = Buffer.concat([most, Buffer.alloc(1)]);
    for (const raw of [more, stream(more), unmeasured(more)]) {
      const response = await put(shop, id, raw);
      expect(response.status).toBe(413);
      expect(response.body.type).toBe("/problems/too-large");
    }
    const declared = await put(shop, id, jpeg, { "content-length": String(5 * MiB + 1) });
    expect(declared.status).toBe(413);
    expect(await objectsOf(shop)).toEqual([]);
    expect((await put(shop, id, most)).status).toBe(200);
  });

  it("that is empty is a 400", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    expect((await put(shop, id, "")).body.type).toBe("/problems/body-required");
    const none = await call("PUT", `${API}/products/${id}/cover`, { token: shop.admin.token });
    expect(none.body.type).toBe("/problems/body-required");
  });
});

describe("the previous cover of a product", () => {
  it("is deleted when another replaces it, and when it is removed", async () => {
    const shop = await newShop();
    await newProduct(shop);
    const { id } = await newProduct(shop);
    await put(shop, id, image("jpeg"));
    const { body } = await put(shop, id, image("png"));
    await hasOnly(shop, body.cover_image_url);
    const removed = await call("DELETE", `${API}/products/${id}/cover`, { token: shop.admin.token });
    expect([removed.status, removed.text]).toEqual([204, ""]);
    expect((await read(shop, id)).cover_image_url).toBeNull();
    await until(async () => (await objectsOf(shop)).length === 0);
    expect((await fetchCover(body.cover_image_url)).status).toBe(404);
  });

  it("remains while another product of the shop refers to it, whoever set that URL", async () => {
    const shop = await newShop();
    const [one, two] = [await newProduct(shop), await newProduct(shop)];
    const { body } = await put(shop, one.id, image("jpeg"));
    await patch(shop, two.id, body.cover_image_url);
    const other = await put(shop, one.id, image("png"));
    const file = body.cover_image_url.split("/").at(-1);
    await deleteUnused(base(), shop.tenant.id, file);
    expect((await fetchCover(body.cover_image_url)).status).toBe(200);
    await put(shop, two.id, image("png"));
    await hasOnly(shop, other.body.cover_image_url);
  });

  it("remains for a product that is hidden", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const { body } = await put(shop, id, image("jpeg"));
    await call("DELETE", `${API}/products/${id}`, { token: shop.admin.token });
    await deleteUnused(base(), shop.tenant.id, body.cover_image_url.split("/").at(-1));
    expect((await fetchCover(body.cover_image_url)).status).toBe(200);
  });

  it("at an external URL is not deleted", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const otherCover = await put(other, (await newProduct(other)).id, image("jpeg"));
    const { id } = await newProduct(shop, { cover_image_url: otherCover.body.cover_image_url });
    const { body } = await put(shop, id, image("png"));
    await hasOnly(shop, body.cover_image_url);
    expect((await fetchCover(otherCover.body.cover_image_url)).status).toBe(200);
  });
});

it("a cover is the object that the URL of its shop names, and no URL elsewhere names one", async () => {
  const [shop, other] = [await newShop(), await newShop()];
  const { body } = await put(shop, (await newProduct(shop)).id, image("jpeg"));
  const url: string = body.cover_image_url;
  expect([coverKey(shop.tenant.id, url)]).toEqual(await objectsOf(shop));
  for (const elsewhere of [null, "https://example.com/cover.jpg", `${url}x`])
    expect(coverKey(shop.tenant.id, elsewhere)).toBeNull();
  expect(coverKey(other.tenant.id, url)).toBeNull();
});

describe("the nightly sweep", () => {
  it("deletes covers that no product uses, a day after they were stored, in every shop, and no others", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const used = await put(shop, (await newProduct(shop)).id, image("jpeg"));
    const orphan = `covers/${other.tenant.id}/${used.body.cover_image_url.split("/").at(-1)}`;
    await env.FILES.put(orphan, image("jpeg"));
    const inHours = (hours: number) => base(new Date(Date.now() + hours * 3_600_000));
    await sweepOrphanedCovers(inHours(23));
    expect(await objectsOf(other)).toEqual([orphan]);
    await sweepOrphanedCovers(inHours(25));
    expect(await objectsOf(other)).toEqual([]);
    expect((await fetchCover(used.body.cover_image_url)).status).toBe(200);
  });
});

describe("with If-Match", () => {
  it("a cover is uploaded and removed only at the version that was read; a rejected upload leaves nothing", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const first = await put(shop, id, image("jpeg"), { "if-match": '"v1"' });
    expect(first.status).toBe(200);
    const stale = await put(shop, id, image("png"), { "if-match": '"v1"' });
    expect(stale.body.type).toBe("/problems/precondition-failed");
    await hasOnly(shop, first.body.cover_image_url);
    const headers = { "if-match": '"v1"' };
    const removed = await call("DELETE", `${API}/products/${id}/cover`, { token: shop.admin.token, headers });
    expect(removed.status).toBe(412);
    expect((await read(shop, id)).cover_image_url).toBe(first.body.cover_image_url);
  });
});

describe("a concurrent request", () => {
  const bodyOf = (bytes: Buffer) => ({ open: () => Promise.resolve(stream(bytes)), length: undefined });

  it("that deletes the cover before the product refers to it leaves no URL without an object", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    let puts = 0;
    const ctx = withFiles(shop.admin.ctx(), {
      after: async (step) => {
        if (step !== "put") return;
        puts += 1;
        if (puts === 1) for (const key of await objectsOf(shop)) await env.FILES.delete(key);
      },
    });
    const product = await putCover(ctx, id, bodyOf(image("jpeg")), ORIGIN, undefined);
    expect((await fetchCover(product.cover_image_url ?? "")).status).toBe(200);
    expect(puts).toBe(2);
  });

  it("that starts to use the cover while it is being deleted finds it", async () => {
    const shop = await newShop();
    const [one, two] = [await newProduct(shop), await newProduct(shop)];
    const { body } = await put(shop, one.id, image("jpeg"));
    const url: string = body.cover_image_url;
    await change("UPDATE products SET cover_image_url = NULL WHERE id = ?", one.id);
    // It is unused when checked, and used before it is deleted.
    const ctx = withFiles(shop.admin.ctx(), {
      before: async (step) => {
        if (step === "delete") expect((await patch(shop, two.id, url)).status).toBe(200);
      },
    });
    await deleteUnused(ctx, shop.tenant.id, url.split("/").at(-1) ?? "");
    expect((await fetchCover(url)).status).toBe(200);
  });
});
