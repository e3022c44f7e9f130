// Where a dataset's rows of a day lie in the bucket. Keys are made of ids and days of ours only, and sort as days do.
import { startOfDay } from "../values/days.ts";
import { firstIdAt, newId } from "../values/ids.ts";

export const DATASETS = ["daily_summary", "events", "products", "purchases"] as const;

export type Dataset = (typeof DATASETS)[number];

/** A dataset's rows of a day of the shop; daily_summary's of the month that begins with the day. */
export type Partition = { dataset: Dataset; day: string };

const datasetPrefix = (tenantId: string, dataset: Dataset): string => `${tenantId}/${dataset}/`;

/** What the keys of a partition begin with. */
export function prefixOf(tenantId: string, { dataset, day }: Partition): string {
  const [year, month, date] = day.split("-");
  const home = `${datasetPrefix(tenantId, dataset)}year=${year}/`;
  return dataset === "daily_summary" ? `${home}month-${month}-` : `${home}month=${month}/day=${date}/`;
}

/** The key of what a batch of events brings into a partition: the same however often the batch is stored. */
export const batchKey = (tenantId: string, partition: Partition, batchId: string): string =>
  `${prefixOf(tenantId, partition)}batch-${batchId}.parquet`;

/** A new key for a whole partition in one file. */
export const wholeKey = (tenantId: string, partition: Partition): string =>
  `${prefixOf(tenantId, partition)}${partition.dataset === "daily_summary" ? "" : "whole-"}${newId()}.parquet`;

/** The last key that begins so: no character of a key sorts behind it. */
export const endOf = (prefix: string): string => `${prefix}~`;

export const monthOf = (day: string): string => `${day.slice(0, 7)}-01`;

/** The first and the last key of a dataset (of all, without one) from one day to another, both included. */
export function keyRange(
  tenantId: string,
  {
    dataset,
    from,
    to,
  }: { dataset?: Dataset | undefined; from?: string | undefined; to?: string | undefined },
): { first: string; last: string } {
  if (!dataset) return { first: `${tenantId}/`, last: endOf(`${tenantId}/`) };
  const home = datasetPrefix(tenantId, dataset);
  return {
    first: from === undefined ? home : prefixOf(tenantId, { dataset, day: from }),
    last: endOf(to === undefined ? home : prefixOf(tenantId, { dataset, day: to })),
  };
}

/** The ids of the events of a day, to which an event belongs by its id: from `first` on, below `end`. */
export const eventIds = (day: string, timezone: string): { first: string; end: string } => ({
  first: firstIdAt(startOfDay(day, timezone)),
  end: firstIdAt(startOfDay(day, timezone, 1)),
});
