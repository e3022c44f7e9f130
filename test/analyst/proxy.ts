// A proxy in front of the Worker that records requests and can interrupt a response.
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";

type RecordedRequest = { path: string; range: string | undefined };

/** `interrupt` is called for each file: if it returns a promise, half of the bytes are sent, and the connection is closed when it settles. */
export type Proxy = {
  url: string;
  requests: RecordedRequest[];
  interrupt: (path: string, half: number) => Promise<void> | null;
  close: () => void;
};

/** Starts a proxy in front of `target` on a free port. */
export async function startProxy(target: string): Promise<Proxy> {
  const requests: RecordedRequest[] = [];
  const forward = (incoming: IncomingMessage, response: ServerResponse): void => {
    const path = incoming.url ?? "/";
    requests.push({ path, range: incoming.headers.range });
    const { method, headers } = incoming;
    const outgoing = request(`${target}${path}`, { method, headers }, (upstream) => {
      response.writeHead(upstream.statusCode ?? 500, upstream.headers);
      const half = Math.floor(Number(upstream.headers["content-length"] ?? 0) / 2);
      const interruption = path.includes("/lake/files/") && half > 0 ? proxy.interrupt(path, half) : null;
      if (!interruption) {
        upstream.pipe(response);
        return;
      }
      let remaining = half;
      upstream.on("data", (chunk: Buffer) => {
        response.write(chunk.subarray(0, remaining));
        remaining -= Math.min(remaining, chunk.length);
      });
      void interruption.finally(() => response.destroy());
    });
    outgoing.on("error", () => response.destroy());
    incoming.pipe(outgoing);
  };
  const server = createServer(forward);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  const proxy: Proxy = {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    interrupt: () => null,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}
