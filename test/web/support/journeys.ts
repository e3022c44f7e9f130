import type { Browser } from "playwright-core";

type Place = { browser: Browser; url: string };

/** What each file of journeys/ exports: it declares tests of node:test. */
export type Journeys = (place: Place) => void;
