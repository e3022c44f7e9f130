import { describe, expect, it } from "vitest";
import { call } from "../support/client.ts";

const asBrowser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

describe("paths that are not of the API", () => {
  it("are a problem for a program, as before the web app", async () => {
    for (const path of ["/catalogue", "/app/index-00000000.js"]) {
      const answer = await call("GET", path, { headers: { accept: "*/*" } });
      expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    }
  });

  it("are a problem for every method but GET", async () => {
    const answer = await call("POST", "/catalogue", { headers: asBrowser });
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });
});

describe("unknown paths of the API", () => {
  it("are a problem even where a browser opens them", async () => {
    for (const path of ["/api", "/api/v1", "/api/v1/nowhere"]) {
      const answer = await call("GET", path, { headers: asBrowser });
      expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    }
  });
});
