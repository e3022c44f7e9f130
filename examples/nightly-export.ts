// Writes the sale lines of yesterday to a CSV file, for example from cron. MOSTRADOR_KEY is an API key with the scopes shop:read and sales:read.
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Mostrador } from "@mostrador/sdk";

/** Yesterday in a time zone, as YYYY-MM-DD. It is found from today, because a day in which the clocks change has 23 or 25 hours. */
export function yesterday(timeZone: string, now = new Date()): string {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone }).format(now);
  return new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10);
}

/** The lines of a day as a stream, so that a large day needs no memory. */
export async function* linesOf(mostrador: Mostrador, day: string): AsyncGenerator<Uint8Array> {
  const { body } = await mostrador.raw.exportSaleLines({ from: day, to: day });
  if (body) yield* body;
}

if (import.meta.main) {
  const { MOSTRADOR_URL: url, MOSTRADOR_KEY: apiKey } = process.env;
  const mostrador = new Mostrador({ url, apiKey });
  const day = yesterday((await mostrador.getShop()).timezone);
  await pipeline(linesOf(mostrador, day), createWriteStream(`sales-${day}.csv`));
}
