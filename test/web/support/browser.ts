// Chromium, and what is recorded about each page.
import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import shop from "../../../scripts/demo/shop.json" with { type: "json" };

const TIMEOUT_MS = 60_000;
const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where Chromium is: as CHROMIUM says, or where packages install it; null if it is not there. */
export const findChromium = (): string | null =>
  process.env["CHROMIUM"] ?? PROGRAMS.find((program) => existsSync(program)) ?? null;

export const openBrowser = (executablePath: string): Promise<Browser> =>
  // Containers lack what the sandbox needs, and the only pages are ours.
  chromium.launch({ executablePath, args: ["--no-sandbox"] });

export type Look = {
  language?: "es" | "en";
  theme?: "light" | "dark";
  width?: number;
  height?: number;
  /** Device pixels of a CSS pixel. */
  scale?: number;
  /** Whether the service worker is installed. Most journeys are shorter without it. */
  hasServiceWorker?: boolean;
};

/** A visitor with a browser of their own: cookies and storage are shared by its pages only. */
export type Visitor = {
  context: BrowserContext;
  page: Page;
  /** What must not happen: exceptions, and errors of the console, such as refusals of the Content-Security-Policy. */
  faults: string[];
  /** Responses of 400 and above, as "404 GET /path". */
  refusals: string[];
};

export async function visit(browser: Browser, url: string, look: Look = {}): Promise<Visitor> {
  const {
    language = "es",
    theme = "light",
    width = 1280,
    height = 900,
    scale = 1,
    hasServiceWorker = false,
  } = look;
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height },
    deviceScaleFactor: scale,
    colorScheme: theme,
    locale: { es: "es-ES", en: "en-GB" }[language],
    reducedMotion: "reduce",
    serviceWorkers: hasServiceWorker ? "allow" : "block",
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  const faults: string[] = [];
  const refusals: string[] = [];
  context.on("weberror", (error) => faults.push(String(error.error())));
  context.on("console", (message) => {
    // Chromium logs each refused request; `refusals` has them.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      faults.push(message.text());
  });
  context.on("response", (response) => {
    if (response.status() >= 400)
      refusals.push(
        `${response.status()} ${response.request().method()} ${new URL(response.url()).pathname}`,
      );
  });
  return { context, page: await context.newPage(), faults, refusals };
}

type Person = "ines" | "bruno" | "carmen" | "dario";

const emailOf = (person: Person): string => `${person}@mostrador.example`;

/** Signs in through the form of the present page. */
export async function enter(page: Page, person: Person = "ines", password = shop.password): Promise<void> {
  await page.fill("[name=tenant]", shop.slug);
  await page.fill("[name=email]", emailOf(person));
  await page.fill("[name=password]", password);
  await page.press("[name=password]", "Enter");
}

/** Opens a path as a person of the demo shop, signed in by the API, and waits for its heading. */
export async function openAs({ context, page }: Visitor, person: Person, path = "/"): Promise<void> {
  const data = { tenant: shop.slug, email: emailOf(person), password: shop.password };
  const response = await context.request.post("/api/v1/auth/login", { data });
  if (!response.ok()) throw new Error(`${response.status()} ${await response.text()}`);
  await page.goto(path);
  await page.waitForSelector("#content h1");
}

export const demoPassword = shop.password;

/** The lines of the first chart of the dashboard. */
export const FIRST_CHART = "[role=slider] svg path";
