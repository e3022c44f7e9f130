import { z } from "@hono/zod-openapi";
import { jsonResponse } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopContext } from "../http/app-context.ts";
import { problemResponses } from "../http/problem-responses.ts";
import { listLakeDays } from "./days.ts";
import { listLakeFiles, readLakeFile } from "./files.ts";
import { lakeStatus, queueLakeBuild } from "./night.ts";
import { LakeDayList, LakeDayQuery, LakeFileList, LakeFileQuery, LakeQueued, LakeStatus } from "./schema.ts";

export const lakeRoutes = router();

const tags = ["Lake"];
const text = { schema: { type: "string" as const } };

lakeRoutes.openapi(
  operation("admin", {
    method: "get",
    path: "/lake/files",
    operationId: "listLakeFiles",
    summary: "The Parquet files that the shop's lake is made of, by key",
    description: `At any moment the files of this list have each line of a sale once, and each event. All pages of a list show
the state of one moment, \`revision\`. A file that is replaced can be read for another quarter of an hour.`,
    tags,
    request: { query: LakeFileQuery },
    responses: { 200: jsonResponse("A page of files", LakeFileList) },
  }),
  async (c) => c.json(LakeFileList.parse(await listLakeFiles(shopContext(c), c.req.valid("query"))), 200),
);

const parquet = { "application/vnd.apache.parquet": { schema: z.string().openapi({ format: "binary" }) } };
const headers = { ETag: { description: "never changes: nor does a file", ...text } };

lakeRoutes.openapi(
  operation("admin", {
    method: "get",
    // A key has slashes, sent as they are or as %2F.
    path: "/lake/files/{key{.+}}",
    operationId: "readLakeFile",
    summary: "One file of the lake, or a part of it",
    tags,
    request: {
      params: z.object({ key: z.string().max(1024) }),
      headers: z.object({
        range: z.string().optional().openapi({ example: "bytes=0-1023" }),
        "if-range": z.string().optional(),
        "if-none-match": z.string().optional(),
      }),
    },
    responses: {
      200: { description: "The file", content: parquet, headers },
      206: {
        description: "The part that Range asks for",
        content: parquet,
        headers: { ...headers, "Content-Range": { description: "which part it is", ...text } },
      },
      304: { description: "If-None-Match names the file as it is", headers },
      ...problemResponses(404, 416),
    },
  }),
  async (c) => {
    const { range, "if-range": ifRange, "if-none-match": ifNoneMatch } = c.req.valid("header");
    const file = await readLakeFile(shopContext(c), c.req.valid("param").key, {
      range,
      ifRange,
      ifNoneMatch,
    });
    return new Response(file.body, file);
  },
);

lakeRoutes.openapi(
  operation("admin", {
    method: "get",
    path: "/lake/days",
    operationId: "listLakeDays",
    summary: "What the lake must add up to: each day as its sales have it",
    description: "Of completed sales, counted from the sales themselves. To compare with `purchases`.",
    tags,
    request: { query: LakeDayQuery },
    responses: { 200: jsonResponse("A page of days, oldest first", LakeDayList) },
  }),
  async (c) => c.json(LakeDayList.parse(await listLakeDays(shopContext(c), c.req.valid("query"))), 200),
);

lakeRoutes.openapi(
  operation("admin", {
    method: "post",
    path: "/lake/run",
    operationId: "runLake",
    summary: "Build the days that are over and changed now, instead of at night",
    tags,
    responses: { 202: jsonResponse("Queued; see /lake/status", LakeQueued) },
  }),
  async (c) => {
    await queueLakeBuild(shopContext(c));
    return c.json(LakeQueued.parse({ queued: true }), 202);
  },
);

lakeRoutes.openapi(
  operation("admin", {
    method: "get",
    path: "/lake/status",
    operationId: "lakeStatus",
    summary: "How much of the lake is still to be built",
    tags,
    responses: { 200: jsonResponse("The state of the lake", LakeStatus) },
  }),
  async (c) => c.json(LakeStatus.parse(await lakeStatus(shopContext(c))), 200),
);
