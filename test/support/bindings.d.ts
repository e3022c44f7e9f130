// The bindings that vitest.config.ts adds to the Worker's. A data file that is missing is undefined.
import type { D1Migration } from "@cloudflare/vitest-plugin";

declare global {
  namespace Cloudflare {
    interface Env {
      TEST_MIGRATIONS: D1Migration[];
      STRIPE_API_BASE: string;
      DEPLOYMENTS: unknown;
      LOCAL_CRONS: string[];
      THREE_PER_ADDRESS: RateLimit;
      STRIPE_SECRET_KEY?: string;
      STRIPE_WEBHOOK_SECRET?: string;
      RETAIL_10K?: ArrayBuffer;
      RETAIL_ODD?: ArrayBuffer;
      RETAIL_GZ?: ArrayBuffer;
      RETAIL_TRUTH?: ArrayBuffer;
      NORTHWIND?: ArrayBuffer;
      NORTHWIND_STAFF?: ArrayBuffer;
      NORTHWIND_TRUTH?: ArrayBuffer;
      BOOKS_GZ?: ArrayBuffer;
      BOOKS_ISBN13?: ArrayBuffer;
      BOOKS_ES?: ArrayBuffer;
      /** Files in base64 by name; null if the folder is missing. */
      FIELD_FILES: Record<string, string> | null;
    }
  }
}
