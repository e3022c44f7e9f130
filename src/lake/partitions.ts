// Keys contain only generated ids and days, so they need no escaping and sort by day.
import { startOfDay } from "../values/days.ts";
import { firstIdAt, newId } from "../values/ids.ts";

export const DATASETS = ["daily_summary", "events", "products", "purchases"] as const;

export type Dataset = (typeof DATASETS)[number];

/** The rows of a dataset on one local day of the shop; for daily_summary, in the month that starts on that day. */
export type Partition = { dataset: Dataset; day: string };

const datasetPrefix = (tenantId: string, dataset: Dataset): string => `${tenantId}/${dataset}/`;

/** The common prefix of a partition's keys. */
export function partitionPrefix(tenantId: string, { dataset, day }: Partition): string {
  const [year, month, date] = day.split("-");
  const yearPrefix = `${datasetPrefix(tenantId, dataset)}year=${year}/`;
  return dataset === "daily_summary"
    ? `${yearPrefix}month-${month}-`
    : `${yearPrefix}month=${month}/day=${date}/`;
}

/** The key of the file that a batch of events adds to a partition. Storing the batch again yields the same key. */
export const batchFileKey = (tenantId: string, partition: Partition, batchId: string): string =>
  `${partitionPrefix(tenantId, partition)}batch-${batchId}.parquet`;

/** A new key for a file that contains a complete partition. */
export const fullFileKey = (tenantId: string, partition: Partition): string =>
  `${partitionPrefix(tenantId, partition)}${partition.dataset === "daily_summary" ? "" : "whole-"}${newId()}.parquet`;

/** The upper bound of the keys with this prefix, because every character of a key sorts before `~`. */
export const lastKeyWith = (prefix: string): string => `${prefix}~`;

export const firstOfMonth = (day: string): string => `${day.slice(0, 7)}-01`;

/** The range of keys of a dataset from one day to another, both inclusive. */
export function keyRange(
  tenantId: string,
  { dataset, from, to }: { dataset: Dataset; from?: string | undefined; to?: string | undefined },
): { first: string; last: string } {
  const prefix = datasetPrefix(tenantId, dataset);
  return {
    first: from === undefined ? prefix : partitionPrefix(tenantId, { dataset, day: from }),
    last: lastKeyWith(to === undefined ? prefix : partitionPrefix(tenantId, { dataset, day: to })),
  };
}

/** The ids of the events of a local day, which their ids determine: from `first`, up to but excluding `end`. */
export const eventIds = (day: string, timezone: string): { first: string; end: string } => ({
  first: firstIdAt(startOfDay(day, timezone)),
  end: firstIdAt(startOfDay(day, timezone, 1)),
});
