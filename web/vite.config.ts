import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { chunks } from "./build/chunks.ts";
import { map } from "./build/map.ts";
import { preload } from "./build/preload.ts";
import { serviceWorker } from "./build/service-worker.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// The Worker compares Origin with Host, so the proxy must not change Host.
const worker = { target: `http://localhost:${process.env["PORT"] || 8787}`, changeOrigin: false };

export default defineConfig({
  root: here("."),
  cacheDir: here("../.wrangler/vite-web"),
  plugins: [react(), tailwindcss(), map(), preload(), serviceWorker()],
  resolve: { alias: { "@mostrador/sdk": here("../sdk/src/index.ts") } },
  build: {
    outDir: here("../.assets"),
    emptyOutDir: false,
    assetsDir: "app",
    // A name with a leading dot would not be deployed.
    manifest: "app/manifest.json",
    // The first browsers with light-dark().
    target: ["chrome123", "edge123", "firefox121", "safari17.5"],
    modulePreload: { polyfill: false },
    // A data: URL would need an exception in the Content-Security-Policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: chunks } } },
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: Object.fromEntries(
      ["/api", "/docs", "/openapi.json", "/healthz", "/problems", "/.well-known", "/dev/mail"].map((path) => [
        path,
        worker,
      ]),
    ),
  },
});
