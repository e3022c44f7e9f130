// Stands between a command and the Worker, notes what was asked for, and breaks off an answer where it is told to.
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";

type Asked = { path: string; range: string | undefined };

/** `breakOff` is asked once a file: a promise lets the first half of the bytes through, and cuts the rest when it is settled. */
export type Proxy = {
  url: string;
  asked: Asked[];
  breakOff: (path: string, half: number) => Promise<void> | null;
  close: () => void;
};

/** Starts it in front of `target`, on a free port. */
export async function startProxy(target: string): Promise<Proxy> {
  const asked: Asked[] = [];
  const pass = (incoming: IncomingMessage, answer: ServerResponse): void => {
    const path = incoming.url ?? "/";
    asked.push({ path, range: incoming.headers.range });
    const { method, headers } = incoming;
    const onward = request(`${target}${path}`, { method, headers }, (from) => {
      answer.writeHead(from.statusCode ?? 500, from.headers);
      const half = Math.floor(Number(from.headers["content-length"] ?? 0) / 2);
      const cut = path.includes("/lake/files/") && half > 0 ? proxy.breakOff(path, half) : null;
      if (!cut) {
        from.pipe(answer);
        return;
      }
      let left = half;
      from.on("data", (chunk: Buffer) => {
        answer.write(chunk.subarray(0, left));
        left -= Math.min(left, chunk.length);
      });
      void cut.finally(() => answer.destroy());
    });
    onward.on("error", () => answer.destroy());
    incoming.pipe(onward);
  };
  const server = createServer(pass);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const proxy: Proxy = {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    breakOff: () => null,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}
