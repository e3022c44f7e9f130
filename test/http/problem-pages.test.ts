import { describe, expect, it } from "vitest";
import { call } from "../support/client.ts";
import { catalogue } from "../../src/platform/problem-types.ts";

const BROWSER = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

describe("the page of a problem", () => {
  it("says to programs and to browsers what it means and what to do", async () => {
    const { body, headers } = await call("GET", "/problems/out-of-stock");
    expect(headers.get("content-type")).toBe("application/json");
    expect(body).toEqual({
      type: "/problems/out-of-stock",
      slug: "out-of-stock",
      title: "Not enough stock",
      status: 409,
      other_statuses: [],
      meaning: expect.stringContaining("Nothing was sold"),
      remedy: expect.stringContaining("items"),
    });
    const page = await call("GET", "/problems/out-of-stock", { headers: BROWSER });
    expect(page.headers.get("content-type")).toBe("text/html; charset=UTF-8");
    for (const text of [body.title, body.meaning, "Reduce the quantities", 'href="/problems"'])
      expect(page.text).toContain(text);
    for (const { headers: each } of [page, { headers }]) {
      expect(each.get("vary")).toContain("Accept");
      expect(each.get("cache-control")).toBe("public, max-age=3600");
    }
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  it("is linked from the index, which has every type", async () => {
    const { body } = await call("GET", "/problems");
    expect(body.data.map(({ slug }: { slug: string }) => slug)).toEqual(Object.keys(catalogue));
    const page = await call("GET", "/problems", { headers: BROWSER });
    for (const slug of Object.keys(catalogue)) expect(page.text).toContain(`href="/problems/${slug}"`);
  });

  it("does not exist for a name that is no type", async () => {
    for (const name of ["no-such-problem", "toString", "__proto__"])
      expect((await call("GET", `/problems/${name}`, { headers: BROWSER })).status).toBe(404);
  });

  it("has texts that are sentences, in which no two types say the same", async () => {
    const { body } = await call("GET", "/problems");
    const texts = body.data.map(({ meaning, remedy }: { meaning: string; remedy: string }) => [
      meaning,
      remedy,
    ]);
    for (const text of texts.flat()) expect(text).toMatch(/^[A-Z`].*\.$/);
    const meanings = texts.map(([meaning]: string[]) => meaning);
    expect(new Set(meanings).size).toBe(meanings.length);
  });
});
