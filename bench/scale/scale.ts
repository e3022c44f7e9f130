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

function printRow({ operation, request, small, large }: Row): void {
  const pairs = cells(small).map((cell, at) => `${cell} | ${cells(large)[at]}`);
  console.log(`| ${operation} | ${request} | ${pairs.join(" | ")} | ${isOver(large) ? "OVER" : ""} |`);
}

/** Of each operation the request without filters and the one that reads most; and all that exceed a limit. */
function rowsToPrint(rows: Row[]): Row[] {
  const printed: Row[] = [];
  for (const ofOperation of Map.groupBy(rows, ({ operation }) => operation).values()) {
    const most = ofOperation.reduce((worst, row) => (row.large.rows > worst.large.rows ? row : worst));
    printed.push(...ofOperation.filter((row, at) => at === 0 || row === most || isOver(row.large)));
  }
  return printed;
}

export async function benchScale(workspace: Workspace, { lines = STANDARD_LINES, state }: SizedOptions): Promise<void> {
  const { runtime, small, large } = await openShops(workspace, lines, state, { inspect: true });
  const heap = await openHeap(await runtime.miniflare.getInspectorURL());
  const values = { small: await knownValues(runtime, small), large: await knownValues(runtime, large) };
  const [inSmall, inLarge] = [readCalls(values.small), readCalls(values.large)];
  const rows: Row[] = [];
  const refused = new Map<string, number>();
  for (const [at, call] of inLarge.calls.entries()) {
    const other = inSmall.calls[at];
    if (!other) throw new Error("the shops have different requests");
    const costs = [await measure(runtime, heap, small, other), await measure(runtime, heap, large, call)];
    const [ofSmall, ofLarge] = costs;
    if (typeof ofSmall === "object" && typeof ofLarge === "object")
      rows.push({
        operation: call.operation,
        request: decodeURIComponent(call.query).replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, "ID"),
        small: ofSmall,
        large: ofLarge,
      });
    else refused.set(call.operation, (refused.get(call.operation) ?? 0) + 1);
  }
  heap.close();
  const size = (count: number): string => (count >= 1_000_000 ? `${count / 1_000_000} M` : `${count / 1_000} k`);
  const heads = ["rows", "KB", "ms", "MB heap"].map((head) => `${head} ${size(SMALL_LINES)} | ${size(lines)}`);
  console.log(`\n| operation | request | ${heads.join(" | ")} | |`);
  console.log(`|${" --- |".repeat(11)}`);
  for (const row of rowsToPrint(rows)) printRow(row);
  const over = rows.filter((row) => isOver(row.large));
  console.log(
    `\n${rows.length} requests of ${new Set(rows.map((row) => row.operation)).size} operations; ${over.length} of ` +
      `${new Set(over.map((row) => row.operation)).size} operations read more than ${MAX_ROWS} rows or 8 MB.`,
  );
  const list = [...refused].map(([operation, count]) => `${operation} (${count})`).join(", ");
  console.log(`Refused or not found: ${list || "none"}. Without known values: ${inLarge.unknown.join(", ") || "none"}.`);
}
