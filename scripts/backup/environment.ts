// Opens the database and the files of an environment through the same bindings as in the Worker, so that the same code works locally and
// at Cloudflare, where a batch is one transaction as well.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getPlatformProxy, unstable_readConfig } from "wrangler";
import { z } from "zod";
import { readEnvironment } from "../cli.mjs";

export const ROOT = join(import.meta.dirname, "../..");
const LOCAL_STATE = join(ROOT, ".wrangler/state/v3");

/** The objects of both buckets: keys of the lake begin with the id of a shop. */
export type Objects = {
  get: (key: string) => Promise<R2ObjectBody | null>;
  put: (key: string, body: Uint8Array) => Promise<unknown>;
  createMultipartUpload: (key: string) => Promise<R2MultipartUpload>;
};

export type Environment = { name: string; db: D1Database; files: Objects; close: () => Promise<void> };

type Buckets = { FILES: R2Bucket; LAKE: R2Bucket };

/** Chooses the bucket by the key. */
export function objectsOf({ FILES, LAKE }: Buckets): Objects {
  const bucketOf = (key: string): R2Bucket => (/^(covers|imports)\//.test(key) ? FILES : LAKE);
  return {
    get: (key) => bucketOf(key).get(key),
    put: (key, body) => bucketOf(key).put(key, body),
    createMultipartUpload: (key) => bucketOf(key).createMultipartUpload(key),
  };
}

export type EnvironmentOptions = { env?: string | undefined; state: string };

/** The options that choose an environment. */
export const environmentOptions = {
  env: { type: "string" },
  state: { type: "string", default: LOCAL_STATE },
} as const;

const bindings = z.looseObject({
  d1_databases: z.array(z.looseObject({ database_name: z.string(), database_id: z.string().optional() })),
  r2_buckets: z.array(z.looseObject({ binding: z.string(), bucket_name: z.string() })),
});

const listed = z.array(z.object({ name: z.string(), uuid: z.string() }));

/** wrangler.toml has no ids, because a deployment creates the database: the account's list has it by name. */
function findDatabaseId(name: string): string {
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const stdio: ["inherit", "pipe", "inherit"] = ["inherit", "pipe", "inherit"];
  const output = execFileSync(process.execPath, [wrangler, "d1", "list", "--json"], { stdio });
  const found = listed.parse(JSON.parse(output.toString())).find((each) => each.name === name);
  if (!found) throw new Error(`The account has no D1 database ${name}.`);
  return found.uuid;
}

/** Opens the local state, or the environment `staging` or `production` at Cloudflare. */
export async function openEnvironment({ env: name, state }: EnvironmentOptions): Promise<Environment> {
  const env = readEnvironment(name);
  process.env["WRANGLER_LOG"] ??= "error";
  process.env["CLOUDFLARE_CF_FETCH_ENABLED"] = "false";
  const all = unstable_readConfig({ config: join(ROOT, "wrangler.toml"), env: env ?? "" });
  const { d1_databases, r2_buckets } = bindings.parse(all);
  const [database] = d1_databases;
  if (!database) throw new Error("wrangler.toml has no database.");
  const remote = env === undefined ? {} : { remote: true };
  const id = env === undefined ? database.database_id : findDatabaseId(database.database_name);
  const folder = mkdtempSync(join(tmpdir(), "mostrador-environment-"));
  const config = {
    name: "mostrador-backup",
    compatibility_date: all.compatibility_date,
    d1_databases: [{ binding: "DB", database_name: database.database_name, database_id: id, ...remote }],
    r2_buckets: r2_buckets.map(({ binding, bucket_name }) => ({ binding, bucket_name, ...remote })),
  };
  writeFileSync(join(folder, "wrangler.json"), JSON.stringify(config));
  const configPath = join(folder, "wrangler.json");
  const proxy = await getPlatformProxy<{ DB: D1Database } & Buckets>({
    configPath,
    persist: { path: state },
  });
  const close = async () => {
    await proxy.dispose();
    rmSync(folder, { recursive: true, force: true });
  };
  return { name: env ?? "local", db: proxy.env.DB, files: objectsOf(proxy.env), close };
}
