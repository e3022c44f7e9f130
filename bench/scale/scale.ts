// npm run bench -- scale: what every read operation costs in a shop of 10,000 lines and in a large one.
import { openHeap } from "../inspector.ts";
import type { Workspace } from "../workspace.ts";
import { knownValues } from "./known-values.ts";
import { measure, type Cost } from "./measure.ts";
import { readCalls } from "./operations.ts";
import { openShops, SMALL_LINES } from "./shops.ts";

const STANDARD_LINES = 10_000_000;
const MAX_ROWS = 5_000;
const MAX_BYTES = 8 * 1024 * 1024;

export type SizedOptions = { lines: number | undefined; state: string | undefined };

type Row = { operation: string; request: string; small: Cost; large: Cost };

const isOver = ({ rows, bytes }: Cost): boolean => rows > MAX_ROWS || bytes > MAX_BYTES;

const cells = (cost: Cost): string[] => [
  String(cost.rows),
  (cost.bytes / 1024).toFixed(1),
  cost.ms.toFixed(0),
  (cost.heap / 1024 / 1024).toFixed(1),
];

function printRow({ operation, request, small, large }: Row, mark: string): void {
  const pairs = cells(small).map((cell, at) => `${cell} | ${cells(large)[at]}`);
  console.log(`| ${operation} | ${request} | ${pairs.join(" | ")} | ${mark} |`);
}

/** Prints the request without filters and the one that reads most. */
function printOperation(rows: Row[]): void {
  const [first] = rows;
  if (!first) return;
  const most = rows.reduce((worst, row) => (row.large.rows > worst.large.rows ? row : worst));
  const over = rows.filter(({ large }) => isOver(large)).length;
  for (const row of new Set([first, most]))
    printRow(row, row === most && over > 0 ? `OVER: ${over} of ${rows.length}` : "");
}

const ID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;

const sizeName = (count: number): string =>
  count >= 1_000_000 ? `${count / 1_000_000} M` : `${count / 1_000} k`;

export async function benchScale(
  workspace: Workspace,
  { lines = STANDARD_LINES, state }: SizedOptions,
): Promise<void> {
  const { runtime, small, large } = await openShops(workspace, lines, state, { inspect: true });
  const heap = await openHeap(await runtime.miniflare.getInspectorURL());
  const inSmall = readCalls(await knownValues(runtime, small));
  const inLarge = readCalls(await knownValues(runtime, large));
  const ofSmall = Map.groupBy(inSmall.calls, ({ operation }) => operation);
  const refused: string[] = [];
  const measured: Row[] = [];
  const heads = ["rows", "KB", "ms", "MB heap"].map(
    (head) => `${head}, ${sizeName(SMALL_LINES)} | ${sizeName(lines)}`,
  );
  console.log(`\n| operation | request | ${heads.join(" | ")} | |\n|${" --- |".repeat(11)}`);
  for (const [operation, calls] of Map.groupBy(inLarge.calls, (call) => call.operation)) {
    const rows: Row[] = [];
    for (const [at, call] of calls.entries()) {
      const other = ofSmall.get(operation)?.[at];
      if (!other) throw new Error(`${operation} has other requests in the small shop`);
      const costs = {
        small: await measure(runtime, heap, small, other),
        large: await measure(runtime, heap, large, call),
      };
      const request = decodeURIComponent(call.query).replaceAll(ID, "ID");
      if (typeof costs.small === "number" || typeof costs.large === "number") refused.push(operation);
      else rows.push({ operation, request, small: costs.small, large: costs.large });
    }
    printOperation(rows);
    measured.push(...rows);
  }
  heap.close();
  const over = measured.filter((row) => isOver(row.large));
  const count = (rows: Row[]): number => new Set(rows.map((row) => row.operation)).size;
  console.log(
    `\n${measured.length} requests of ${count(measured)} operations; ${over.length} of ${count(over)} operations read more than ` +
      `${MAX_ROWS} rows or 8 MB.`,
  );
  for (const { operation, request, large: cost } of over)
    console.log(`- ${operation} ${request}: ${cost.rows} rows, ${(cost.bytes / 1024).toFixed(0)} KB`);
  console.log(
    `Refused: ${refused.join(", ") || "none"}. Without a known id: ${inLarge.unknown.join(", ") || "none"}.`,
  );
}
