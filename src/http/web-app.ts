// The page of the web app, at each path that is nothing else.
import type { Context } from "hono";
import type { App } from "./app-context.ts";

/** Whether a browser opens a page, rather than loading a file or calling the API. */
export const opensPage = (c: Context<App>): boolean =>
  c.req.method === "GET" &&
  !/^\/api(\/|$)/.test(c.req.path) &&
  (c.req.header("accept") ?? "").includes("text/html");

/** The web app's only page. Its script shows the screen of the path, or that there is none. */
export async function webAppPage(c: Context<App>): Promise<Response> {
  const headers = new Headers();
  const etag = c.req.header("if-none-match");
  if (etag !== undefined) headers.set("if-none-match", etag);
  const page = await c.env.ASSETS.fetch(new URL("/", c.req.url), { headers });
  return new Response(page.body, page);
}
