import { describe, expect, it } from "vitest";
import { bodyEtagOf, digestOf, matchesEtag } from "../../src/values/etag.ts";

describe("an If-None-Match", () => {
  it.each(['"a"', 'W/"a"', '"b", "a"', '"b",W/"a" ', "*", ' * , "b"'])("%s names the ETag", (header) => {
    expect(matchesEtag(header, '"a"')).toBe(true);
  });

  it.each([undefined, "", '"b"', "a", '"aa"', '"A"', 'w/"a"', '"b", "c"'])("%s does not", (header) => {
    expect(matchesEtag(header, '"a"')).toBe(false);
  });
});

describe("the ETag of a body", () => {
  it("has its version, and differs wherever the body does", () => {
    const body = { version: 3, title: "a" };
    expect(bodyEtagOf(body)).toBe(`"v3-${digestOf(body)}"`);
    expect(digestOf(body)).toMatch(/^[\w-]{22}$/);
    const changed = { ...body, title: "b" };
    expect(bodyEtagOf(changed)).not.toBe(bodyEtagOf(body));
  });
});
