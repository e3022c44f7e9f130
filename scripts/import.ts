// Shows what the import of a file would do, asks, imports it and follows it to its end; or takes an import back.
import { access, constants, stat } from "node:fs/promises";
import { isProblem, type ImportDryRun, type Mostrador } from "../sdk/src/index.ts";
import { runCommand } from "./cli.mjs";
import { options, readArguments, usage, type ImportJob } from "./import/arguments.ts";
import { dryRun, HEAD_BYTES, importFile, preview, undoImport } from "./import/requests.ts";
import { ambiguityLines, importLines, missingColumnLines, reportLines, undoLines } from "./import/words.mjs";
import { labelled, signIn } from "./session.ts";
import { ask, hasTerminal, showImport, showProgress } from "./terminal.mjs";

const print = (lines: string[]): void => console.log(lines.join("\n"));

// Without a terminal only the results are printed.
const isShown = process.stdout.isTTY;
const showProgressOnTerminal = () => (isShown ? showProgress() : () => {});

const isAmbiguous = (error: unknown) => isProblem(error, "ambiguous-format");

/** Runs `read`. What the file leaves open is asked on the terminal; without one the error names the options that answer it. */
async function withAnswers<T>(job: ImportJob, read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (isProblem(error, "missing-columns"))
        throw new Error(missingColumnLines(error).join("\n"), { cause: error });
      if (!isAmbiguous(error)) return labelled(job.file, Promise.reject(error));
      const lines = ambiguityLines(error);
      const values = error.choices.map(({ value }) => value);
      if (!hasTerminal()) throw new Error(lines.join("\n"), { cause: error });
      print(lines);
      const value = (await ask(`${values.join(" or ")}? `)).toLowerCase();
      if (values.includes(value)) Object.assign(job.answers, { [error.parameter]: value });
    }
  }
}

/** Shows the first rows of a large file at once. What they leave open may be clear in the whole file. */
async function showPreview(mostrador: Mostrador, job: ImportJob): Promise<void> {
  if (job.format.isSheet || (await stat(job.file)).size <= HEAD_BYTES) return;
  try {
    print([...reportLines(await preview(mostrador, job)), ""]);
  } catch (error) {
    if (!isAmbiguous(error)) throw error;
    console.log("The first rows leave the format of dates or numbers open.");
  }
}

async function showDryRun(mostrador: Mostrador, job: ImportJob): Promise<ImportDryRun> {
  await withAnswers(job, () => showPreview(mostrador, job));
  const report = await withAnswers(job, async () => {
    const show = showProgressOnTerminal();
    return dryRun(mostrador, job, (share) =>
      show(share, share < 1 ? "sent" : "checking all rows", share === 1),
    );
  });
  print(reportLines(report));
  return report;
}

/** Whether to import the file. @throws Error without a terminal */
async function isConfirmed({ yes }: ImportJob, { rows_accepted }: ImportDryRun): Promise<boolean> {
  if (yes) return true;
  if (!hasTerminal())
    throw new Error("There is no terminal to ask on: repeat the command with --yes to import the file.");
  const question =
    rows_accepted === 0 ? "No row would be imported. Import it anyway? (y/N) " : "Import it? (y/N) ";
  return /^y(es)?$/i.test(await ask(question));
}

async function runImport(mostrador: Mostrador, url: string, job: ImportJob): Promise<number> {
  const report = await showDryRun(mostrador, job);
  if (job.dryRun) return 0;
  if (!(await isConfirmed(job, report))) {
    console.log("Nothing was imported.");
    return 0;
  }
  const end = await importFile(mostrador, job, isShown ? showImport() : () => {});
  print(importLines(end));
  if (end.rows_rejected > 0)
    console.log(
      `Rejected rows, to correct and import: ${url}/api/v1/imports/${end.id}/rejects?format=file (with the access token)`,
    );
  if (end.status === "done") console.log(`To undo it: npm run import -- --undo ${end.id}`);
  return end.status === "done" ? 0 : 1;
}

async function runUndo(mostrador: Mostrador, id: string): Promise<number> {
  const show = showProgressOnTerminal();
  const { end, retained } = await undoImport(mostrador, id, ({ status, undone_sales, undone_products }) =>
    show(
      status === "undone" ? 1 : 0,
      `${undone_sales} sales and ${undone_products} products removed`,
      status === "undone",
    ),
  );
  print(undoLines(end, retained));
  return end.status === "undone" ? 0 : 1;
}

await runCommand({ usage, options, positionals: ["file"] }, async (parsed) => {
  const { shop, ...job } = readArguments(parsed);
  if (job.undo !== undefined) return runUndo(await signIn(shop), job.undo);
  await access(job.file, constants.R_OK).catch((error: unknown) => {
    throw new Error(`${job.file} cannot be read (${String(Object(error)["code"])}).`, { cause: error });
  });
  return runImport(await signIn(shop), shop.url, job);
});
