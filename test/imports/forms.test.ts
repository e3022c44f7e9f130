// The upload of a browser's form.
import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { filesOf, fileOf, gzip, waitForImport } from "../support/imports.ts";
import { newShop, type Shop } from "../support/shops.ts";

const BOUNDARY = "----boundary7";

type Part = { head: string; body: string | Uint8Array };

const filePart = (body: string | Uint8Array, type = "text/csv", name = "sales.csv"): Part => ({
  head: `Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: ${type}`,
  body,
});

const field = (name: string, body: string): Part => ({
  head: `Content-Disposition: form-data; name="${name}"`,
  body,
});

const formOf = (parts: Part[], end = `--${BOUNDARY}--\r\n`): Uint8Array =>
  Buffer.concat([
    ...parts.flatMap(({ head, body }) => [
      Buffer.from(`--${BOUNDARY}\r\n${head}\r\n\r\n`),
      Buffer.from(body),
      Buffer.from("\r\n"),
    ]),
    Buffer.from(end),
  ]);

const send = (shop: Shop, raw: BodyInit, query = "", type = `multipart/form-data; boundary=${BOUNDARY}`) =>
  call("POST", `${API}/imports?kind=sales${query}`, {
    token: shop.admin.token,
    raw,
    headers: { "content-type": type },
  });

const TILL = "Bon;Wann;Was;Kosten\n1;03/04/2026;Brot;1.250\n";
const MAPPING = JSON.stringify({
  columns: { InvoiceNo: "Bon", InvoiceDate: "Wann", Description: "Was", UnitPrice: "Kosten" },
  constants: { Quantity: "1" },
});

describe("a form with a file", () => {
  it("is imported like the file, whatever type and name the browser gives it", async () => {
    const shop = await newShop();
    const file = fileOf([
      { invoice: "1", price: "10" },
      { invoice: "2", price: "5" },
    ]);
    for (const type of ["text/csv", "application/vnd.ms-excel", "application/octet-stream", "text/plain"]) {
      const { status, body, text } = await send(
        shop,
        formOf([filePart(file, type, "../../etc/passwd")]),
        "&dry_run=true",
      );
      expect(status, text).toBe(200);
      expect(body).toMatchObject({ sales: 2, revenue: 1500 });
    }
    const started = await send(shop, formOf([filePart(new Uint8Array(await gzip(file)))]));
    expect(started.status, started.text).toBe(202);
    expect(await waitForImport(shop.admin.token, started.body.id)).toMatchObject({ rows_accepted: 2 });
  });

  it("is what FormData of a browser sends", async () => {
    const shop = await newShop();
    const form = new FormData();
    form.set("mapping", new Blob([MAPPING], { type: "application/json" }));
    form.set("dates", "dmy");
    form.set("decimal", "comma");
    form.set("file", new File([TILL], "ventas.csv", { type: "text/csv" }));
    const request = new Request("https://shop.example", { method: "POST", body: form });
    const { status, body, text } = await send(
      shop,
      await request.arrayBuffer(),
      "&dry_run=true",
      request.headers.get("content-type") ?? "",
    );
    expect(status, text).toBe(200);
    expect(body).toMatchObject({ sales: 1, revenue: 125_000, first_day: "2026-04-03" });
  });

  it("has fields that come before those of the query", async () => {
    const shop = await newShop();
    const query = new URLSearchParams({
      dry_run: "true",
      mapping: JSON.stringify({ InvoiceNo: "Kosten" }),
      dates: "mdy",
      decimal: "point",
    }).toString();
    const fields = [field("mapping", MAPPING), field("dates", "dmy"), field("decimal", "comma")];
    const { status, body, text } = await send(shop, formOf([...fields, filePart(TILL)]), `&${query}`);
    expect(status, text).toBe(200);
    expect(body).toMatchObject({ sales: 1, revenue: 125_000, first_day: "2026-04-03" });
    const rest = await send(shop, formOf([field("mapping", MAPPING), filePart(TILL)]), `&${query}`);
    expect(rest.body).toMatchObject({ sales: 1, revenue: 125, first_day: "2026-03-04" });
  });

  it("has the charset of its part", async () => {
    const shop = await newShop();
    const file = Buffer.from(fileOf([{ description: "Taza añil" }]), "utf16le");
    const { body } = await send(
      shop,
      formOf([filePart(file, "text/csv; charset=utf-16le")]),
      "&dry_run=true",
    );
    expect(body).toMatchObject({ encoding: "utf-16le", sales: 1 });
    const unknown = await send(shop, formOf([filePart(file, "text/csv; charset=klingon")]), "&dry_run=true");
    expect(unknown.status).toBe(415);
  });

  it.each([
    ["several files", formOf([filePart(fileOf([{}])), filePart(fileOf([{}]))]), 422, "several files"],
    ["no file", formOf([field("mapping", MAPPING)]), 422, "no file"],
    [
      "an input without a file",
      formOf([filePart("", "application/octet-stream", "")]),
      422,
      "no file was chosen",
    ],
    [
      "the mapping after the file",
      formOf([filePart(TILL), field("mapping", MAPPING)]),
      422,
      "before the file",
    ],
    ["a field twice", formOf([field("dates", "dmy"), field("dates", "mdy"), filePart(TILL)]), 422, "twice"],
    ["an unknown field", formOf([field("colour", "red"), filePart(TILL)]), 422, "unknown field"],
    ["a format that does not exist", formOf([field("dates", "dym"), filePart(TILL)]), 422, "#/dates"],
    ["an end before its last boundary", formOf([filePart(fileOf([{}]))], ""), 422, "ends before"],
    ["an end within its first headers", Buffer.from(`--${BOUNDARY}\r\nContent-Disp`), 422, "ends before"],
    ["many parts", formOf(Array.from({ length: 20 }, () => field("mapping", MAPPING))), 422, "twice"],
    ["a large field", formOf([field("mapping", "x".repeat(100_000)), filePart(TILL)]), 413, "64 KB"],
    ["headers that are none", formOf([{ head: "nonsense", body: "x" }]), 422, "headers"],
    [
      "a name that is no text",
      formOf([
        { head: "Content-Disposition: form-data; name=\"file\"; filename*=UTF-8''%ff%zz", body: TILL },
      ]),
      422,
      "headers",
    ],
  ])("is refused with %s", async (_, raw, status, detail) => {
    const shop = await newShop();
    const response = await send(shop, raw);
    expect(response.status, response.text).toBe(status);
    expect(response.body.detail).toContain(detail);
    expect(await filesOf(shop)).toEqual([]);
  });

  it("is refused without a boundary and with a Content-Encoding", async () => {
    const shop = await newShop();
    expect((await send(shop, formOf([filePart(TILL)]), "", "multipart/form-data; x=y")).status).toBe(415);
    const coded = await call("POST", `${API}/imports?kind=sales`, {
      token: shop.admin.token,
      raw: formOf([filePart(TILL)]),
      headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}`, "content-encoding": "gzip" },
    });
    expect(coded.status).toBe(415);
  });

  it("divides a file of some megabytes as it is", async () => {
    const shop = await newShop();
    const file = fileOf(
      Array.from({ length: 60_000 }, (_, at) => ({ invoice: String(at), description: `--${BOUNDARY} \r` })),
    ).replaceAll("\r", "");
    const { status, body, text } = await send(shop, formOf([filePart(file)]), "&dry_run=true");
    expect(status, text.slice(0, 500)).toBe(200);
    expect(body).toMatchObject({ rows: 60_000, sales: 60_000 });
  });
});
