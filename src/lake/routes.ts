import { z } from "@hono/zod-openapi";
import { jsonResponse } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopContext } from "../http/app-context.ts";
import { listLakeDays } from "./days.ts";
import { listLakeFiles, readLakeFile } from "./files.ts";
import { lakeStatus, queueLakeBuild } from "./jobs.ts";
import { LakeDayList, LakeDayQuery, LakeFileList, LakeFileQuery, LakeQueued, LakeStatus } from "./schema.ts";

export const lakeRoutes = router();

const tags = ["Lake"];
const text = { schema: { type: "string" as const } };

lakeRoutes.openapi(
  operation("admin", {
    scope: "lake:read",
    method: "get",
    path: "/lake/files",
    operationId: "listLakeFiles",
    summary: "List the Parquet files of the lake by key",
    description: `The listed files contain each sale line and each event exactly once. All pages of a list show the same \`revision\` of the lake.
Replaced files can be read for another 15 minutes.`,
    tags,
    request: { query: LakeFileQuery },
    responses: { 200: jsonResponse("A page of files", LakeFileList) },
  }),
  async (c) => c.json(LakeFileList.parse(await listLakeFiles(shopContext(c), c.req.valid("query"))), 200),
);

const parquet = { "application/vnd.apache.parquet": { schema: z.string().openapi({ format: "binary" }) } };
const headers = { ETag: { description: "never changes, because files are immutable", ...text } };

lakeRoutes.openapi(
  operation("admin", {
    scope: "lake:read",
    method: "get",
    // A key contains slashes, which clients send as they are or as %2F.
    path: "/lake/files/{key{.+}}",
    operationId: "getLakeFile",
    summary: "Download a file of the lake, or a range of it",
    tags,
    request: {
      params: z.object({ key: z.string().max(1024) }),
      headers: z.object({
        range: z.string().optional().openapi({ example: "bytes=0-1023" }),
        "if-range": z.string().optional(),
        "if-none-match": z.string().optional(),
      }),
    },
    problems: ["range-not-satisfiable"],
    responses: {
      200: { description: "The file", content: parquet, headers },
      206: {
        description: "The range that Range requests",
        content: parquet,
        headers: {
          ...headers,
          "Content-Range": { description: "the range and the size of the file", ...text },
        },
      },
      304: { description: "If-None-Match contains the file's ETag", headers },
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
    scope: "lake:read",
    method: "get",
    path: "/lake/days",
    operationId: "listLakeDays",
    summary: "List the daily totals that the lake must match",
    description: `Totals of completed sales, summed from the sales, to compare with the dataset \`purchases\`. Those of a day with more than
1,600 sales are the figures of the shop.`,
    tags,
    request: { query: LakeDayQuery },
    responses: { 200: jsonResponse("A page of days, oldest first", LakeDayList) },
  }),
  async (c) => c.json(LakeDayList.parse(await listLakeDays(shopContext(c), c.req.valid("query"))), 200),
);

lakeRoutes.openapi(
  operation("admin", {
    scope: "lake:write",
    method: "post",
    path: "/lake/run",
    operationId: "runLake",
    summary: "Rebuild changed past days now",
    tags,
    responses: { 202: jsonResponse("Queued; see GET /lake/status", LakeQueued) },
  }),
  async (c) => {
    await queueLakeBuild(shopContext(c));
    return c.json(LakeQueued.parse({ queued: true }), 202);
  },
);

lakeRoutes.openapi(
  operation("admin", {
    scope: "lake:read",
    method: "get",
    path: "/lake/status",
    operationId: "getLakeStatus",
    summary: "Get the number of past days that the lake must build",
    tags,
    responses: { 200: jsonResponse("The status of the lake", LakeStatus) },
  }),
  async (c) => c.json(LakeStatus.parse(await lakeStatus(shopContext(c))), 200),
);
