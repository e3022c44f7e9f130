// A receiver of webhooks in Node. POST /KEY/PLAN answers one step of the plan per request and then repeats the last;
// GET /KEY lists the requests, GET /KEY/hanging counts those without a response. A step is a status, "hang" (no response) or "flood" (an endless response).
import { createServer, type ServerResponse } from "node:http";
import type { TestProject } from "vitest/node";
import { z } from "zod";
import { writeAnsweredProblems } from "../../scripts/openapi/answered-problems.ts";

declare module "vitest" {
  interface ProvidedContext {
    receiver: string;
  }
}

const FLOOD = Buffer.alloc(64 * 1024, "x");

/** The key under which the tests report the problems that operations have answered. */
const ANSWERED_PROBLEMS = "answered-problems";

type ReceivedRequest = { headers: Record<string, unknown>; body: string };

export default async function receive(project: TestProject): Promise<() => Promise<void>> {
  const received = new Map<string, ReceivedRequest[]>();
  const hanging = new Map<string, number>();
  const answer = (response: ServerResponse, step: string, key: string): void => {
    if (step === "hang") {
      hanging.set(key, (hanging.get(key) ?? 0) + 1);
      return;
    }
    if (step !== "flood") {
      response.writeHead(Number(step), { location: `/${key}-moved/200` }).end();
      return;
    }
    response.writeHead(200);
    const pour = (): void => {
      if (!response.destroyed) response.write(FLOOD, () => setImmediate(pour));
    };
    pour();
  };
  const server = createServer((request, response) => {
    const [, key = "", plan = ""] = (request.url ?? "").split("/");
    if (request.method === "GET") {
      response.end(JSON.stringify(plan === "hanging" ? (hanging.get(key) ?? 0) : (received.get(key) ?? [])));
      return;
    }
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const earlier = received.get(key) ?? [];
      received.set(key, [...earlier, { headers: request.headers, body: Buffer.concat(parts).toString() }]);
      const steps = plan.split(",");
      answer(response, steps[Math.min(earlier.length, steps.length - 1)] ?? "200", key);
    });
  });
  // A keep-alive connection could be closed just as the Worker reuses it.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver has no port");
  project.provide("receiver", `http://127.0.0.1:${address.port}`);
  return async () => {
    const reports = received.get(ANSWERED_PROBLEMS) ?? [];
    writeAnsweredProblems(reports.flatMap(({ body }) => z.array(z.string()).parse(JSON.parse(body))));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}
