// Lets `npx vitest` find the configuration.
export { default } from "./test/vitest.config.ts";
