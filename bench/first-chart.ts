// How long the first chart of the dashboard takes on a slow network and device, from the opening of the page to the frame with its lines, and
// how much the page shifts meanwhile. The browser has the login and the profile, as on each visit but the first, and an empty cache.
import { execFileSync } from "node:child_process";
import type { Browser } from "playwright-core";
import { findChromium, FIRST_CHART, openAs, openBrowser, visit } from "../test/web/support/browser.ts";
import { startDemoShop } from "../test/web/support/server.ts";
import { median } from "./median.ts";

const BITS_PER_SECOND = 1_600_000;
const LATENCY_MS = 150;
const CPU_SLOWDOWN = 4;
const VISITS = 9;

const OBSERVE = `
  globalThis.shift = 0;
  globalThis.chart = Promise.withResolvers();
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) globalThis.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  (function look() {
    if (!document.querySelector(${JSON.stringify(FIRST_CHART)})) requestAnimationFrame(look);
    else requestAnimationFrame(() => globalThis.chart.resolve(performance.now()));
  })();`;

async function measureVisit(browser: Browser, url: string): Promise<{ ms: number; shift: number }> {
  const visitor = await visit(browser, url);
  const { page, context } = visitor;
  await openAs(visitor, "ines");
  await page.waitForSelector(FIRST_CHART);
  await page.goto("about:blank");
  await page.addInitScript(OBSERVE);
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  // It would serve what it has stored.
  await devtools.send("Network.setBypassServiceWorker", { bypass: true });
  await devtools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: LATENCY_MS,
    downloadThroughput: BITS_PER_SECOND / 8,
    uploadThroughput: BITS_PER_SECOND / 16,
  });
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
  await page.goto("/", { waitUntil: "commit" });
  const ms = await page.evaluate<number>("chart.promise");
  await page.waitForLoadState("networkidle");
  const shift = await page.evaluate<number>("shift");
  await context.close();
  return { ms: Math.round(ms), shift };
}

export async function benchFirstChart(): Promise<void> {
  const program = findChromium();
  if (program === null) throw new Error("Install Chromium, or set CHROMIUM to its path.");
  execFileSync(process.execPath, ["scripts/assets.mjs"], { stdio: "inherit" });
  const [shop, browser] = await Promise.all([startDemoShop(), openBrowser(program)]);
  try {
    const visits: { ms: number; shift: number }[] = [];
    for (let at = 0; at < VISITS; at += 1) visits.push(await measureVisit(browser, shop.url));
    const times = visits.map(({ ms }) => ms);
    console.log(
      `First chart at ${BITS_PER_SECOND / 1e6} Mb/s, ${LATENCY_MS} ms and a CPU ${CPU_SLOWDOWN} times slower: median ${median(times)} ms of ${times.join(", ")}`,
    );
    console.log(`Layout shift: at most ${Math.max(...visits.map(({ shift }) => shift)).toFixed(4)}`);
  } finally {
    await browser.close();
    await shop.stop();
  }
}
