import { z } from "@hono/zod-openapi";
import { DayRange, limitQuery, listOf, orderedRange, PageQuery } from "../http/pagination.ts";
import { DATASETS } from "./partitions.ts";

export const LakeFile = z
  .object({
    key: z.string().openapi({
      description: "key of the object in the bucket",
      example:
        "019a1b2c-3d4e-7f60-8a1b-2c3d4e5f6071/purchases/year=2026/month=11/day=22/whole-019a1b2c-3d4e-7f60-8a1b-2c3d4e5f6072.parquet",
    }),
    dataset: z.enum(DATASETS).openapi("LakeDataset"),
    day: z.string().openapi({
      description: "the shop's local day; for daily_summary the first day of the month",
      example: "2026-11-22",
    }),
    bytes: z.int(),
    rows: z.int(),
    etag: z.string(),
    created_at: z.iso.datetime(),
  })
  .openapi("LakeFile");

export const LakeFileList = listOf(LakeFile)
  .extend({
    revision: z.int().openapi({ description: "revision of the lake that all pages of this list show" }),
  })
  .openapi("LakeFileList");

export const LakeFileQuery = orderedRange(
  z.strictObject({
    ...PageQuery,
    ...DayRange,
    dataset: z.enum(DATASETS).openapi("LakeDataset").optional(),
    tenant: z.string().max(100).optional(),
  }),
);

const LakeDay = z
  .object({
    day: z.string().openapi({ example: "2026-11-22" }),
    sales: z.int(),
    refunds: z.int(),
    lines: z.int(),
    units: z.number().openapi({ description: "with at most three decimals" }),
    revenue: z.int().openapi({ description: "in minor units" }),
    is_whole: z.boolean().openapi({
      description: "whether the lake contains the day in one file that includes all changes up to now",
    }),
  })
  .openapi("LakeDay");

export const LakeDayList = listOf(LakeDay).openapi("LakeDayList");

export const LakeDayQuery = orderedRange(
  z.strictObject({
    ...PageQuery,
    limit: limitQuery(100),
    ...DayRange,
    tenant: z.string().max(100).optional(),
  }),
);

export const LakeQueued = z.object({ queued: z.literal(true) }).openapi("LakeQueued");

export const LakeStatus = z
  .object({
    touched: z
      .int()
      .openapi({ description: "number of past days and months that have changed since they were built" }),
  })
  .openapi("LakeStatus");
