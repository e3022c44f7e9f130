// node bench/start-up.ts BUNDLE ...: the CPU that the Worker takes before its first answer. A bundle is the index.js that
// `wrangler deploy --dry-run --env production --outdir FOLDER` writes; several are measured in turns, each time in a new process of Node,
// which has the engine of the runtime. CPU instead of time, because other programs affect it less.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import vm from "node:vm";
import { gzipSync } from "node:zlib";
import { z } from "zod";
import { median } from "./median.ts";

const TURNS = 11;

const Measured = z.object({ parsed: z.number(), evaluated: z.number(), answered: z.number() });

// What the entry imports of the runtime, which Node does not have.
const runtime: Record<string, unknown> = { DurableObject: Object, env: {} };

const Entry = z.object({ default: z.object({ fetch: z.custom<(...args: unknown[]) => unknown>() }) });

// What a request for an unknown path needs of the bindings.
const bindings = {
  CORS_ORIGINS: "",
  QUOTA_PER_ADDRESS: "12000",
  DB: { withSession: () => ({ getBookmark: () => null }) },
  ADDRESS_LIMIT: { limit: () => ({ success: true }) },
};

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Milliseconds of CPU that this process takes to parse a bundle, to evaluate it and to answer its first request. */
async function measure(bundle: string): Promise<z.infer<typeof Measured>> {
  const source = readFileSync(bundle, "utf8");
  const begun = cpuMs();
  const entry = new vm.SourceTextModule(source);
  const parsed = cpuMs() - begun;
  await entry.link(async (name) => {
    const exports: Record<string, unknown> = name === "cloudflare:workers" ? runtime : await import(name);
    return new vm.SyntheticModule(Object.keys(exports), function set(this: vm.SyntheticModule) {
      for (const [each, value] of Object.entries(exports)) this.setExport(each, value);
    });
  });
  const linked = cpuMs();
  await entry.evaluate();
  const evaluated = cpuMs() - linked;
  const worker = Entry.parse(entry.namespace).default;
  // Node loads its own fetch API with the first of these.
  const request = new Request("http://localhost/problems/none");
  Response.json({});
  const ready = cpuMs();
  await worker.fetch(request, bindings, { waitUntil: () => {} });
  return { parsed, evaluated, answered: cpuMs() - ready };
}

function measureInNewProcess(bundle: string): z.infer<typeof Measured> {
  const args = ["--experimental-vm-modules", "--no-warnings", import.meta.filename, "--once", bundle];
  const { stdout } = spawnSync(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  // The Worker logs its request before.
  return Measured.parse(JSON.parse(stdout.toString().trim().split("\n").at(-1) ?? ""));
}

const bundles = process.argv.slice(2);
if (bundles[0] === "--once") console.log(JSON.stringify(await measure(bundles[1] ?? "")));
else {
  const turns = Array.from({ length: TURNS }, () => bundles.map(measureInNewProcess));
  for (const [nth, bundle] of bundles.entries()) {
    const of = (part: keyof z.infer<typeof Measured>): string =>
      median(turns.map((turn) => turn[nth]?.[part] ?? Number.NaN)).toFixed(0);
    const kib = (gzipSync(readFileSync(bundle)).length / 1024).toFixed(0);
    console.log(
      `${bundle}: ${kib} KiB gzip, ${of("parsed")} ms to parse, ${of("evaluated")} ms to evaluate, ${of("answered")} ms to answer`,
    );
  }
}
