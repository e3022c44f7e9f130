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
  const pass = (incoming: IncomingMessage, answer: ServerResponse): void => {
    const path = incoming.url ?? "/";
    requests.push({ path, range: incoming.headers.range });
    const { method, headers } = incoming;
    const onward = request(`${target}${path}`, { method, headers }, (from) => {
      answer.writeHead(from.statusCode ?? 500, from.headers);
      const half = Math.floor(Number(from.headers["content-length"] ?? 0) / 2);
      const interruption = path.includes("/lake/files/") && half > 0 ? proxy.interrupt(path, half) : null;
      if (!interruption) {
        from.pipe(answer);
        return;
      }
      let left = half;
      from.on("data", (chunk: Buffer) => {
        answer.write(chunk.subarray(0, left));
        left -= Math.min(left, chunk.length);
      });
      void interruption.finally(() => answer.destroy());
    });
    onward.on("error", () => answer.destroy());
    incoming.pipe(onward);
  };
  const server = createServer(pass);
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
