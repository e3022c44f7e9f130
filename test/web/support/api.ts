import type { Page } from "playwright-core";

type Request = { method?: "GET" | "POST" | "PATCH"; body?: object; headers?: Record<string, string> };

/** Calls the API as the person who is signed in on a page, such as for what someone else does meanwhile. */
export async function callApi<T>(page: Page, path: string, request: Request = {}): Promise<T> {
  const { method = "GET", body, headers = {} } = request;
  const init = {
    method,
    headers: { ...headers, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  };
  const [status, value] = await page.evaluate<[number, T]>(
    `fetch(${JSON.stringify(`/api/v1${path}`)}, ${JSON.stringify(init)}).then(async (response) => [response.status, await response.json()])`,
  );
  if (status >= 400) throw new Error(`${status} ${method} ${path} ${JSON.stringify(value)}`);
  return value;
}
