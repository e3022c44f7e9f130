// A server between the browser and the Worker, for what a network and a deployment do.
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Change = (path: string, text: string) => string;

export type Proxy = {
  url: string;
  /** Changes the text of responses from now on. */
  change: (change: Change) => void;
  stop: () => void;
};

const textOf = async (message: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
};

export async function startProxy(target: string): Promise<Proxy> {
  let change: Change | null = null;
  const { hostname, port } = new URL(target);
  const answer = async (response: IncomingMessage, outgoing: ServerResponse, path: string): Promise<void> => {
    const { statusCode = 500, headers } = response;
    if (!change || !/javascript/.test(headers["content-type"] ?? "")) {
      outgoing.writeHead(statusCode, headers);
      response.pipe(outgoing);
      return;
    }
    const { "content-length": _, etag: __, ...kept } = headers;
    outgoing.writeHead(statusCode, kept);
    outgoing.end(change(path, await textOf(response)));
  };
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { url: path = "/", method, headers } = incoming;
    // Text that is compressed, or that the browser has, could not be changed.
    const { "if-none-match": ___, ...asked } = headers;
    const onward = request({
      hostname,
      port,
      path,
      method,
      headers: { ...asked, "accept-encoding": "identity" },
    });
    onward.on("response", (response) => void answer(response, outgoing, path));
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  // A test that fails must not keep the process alive.
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    change: (next) => {
      change = next;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
