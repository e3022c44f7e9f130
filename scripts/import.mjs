// Shows what the import of a file would do, asks, imports it and follows it to its end; or takes an import back.
import { access, constants, stat } from "node:fs/promises";
import { runCommand } from "./cli.mjs";
import { options, readArguments, usage } from "./import/arguments.mjs";
import { dryRun, HEAD_BYTES, importFile, preview, undoImport } from "./import/requests.mjs";
import { ambiguityLines, importLines, missingColumnLines, reportLines, undoLines } from "./import/words.mjs";
import { signIn } from "./session.mjs";
import { ask, hasTerminal, showImport, showProgress } from "./terminal.mjs";

const print = (lines) => console.log(lines.join("\n"));

// Without a terminal only the results are printed.
const isShown = process.stdout.isTTY === true;
const showProgressOnTerminal = () => (isShown ? showProgress() : () => {});

/** Runs `read`. What the file leaves open is asked on the terminal; without one the error names the options that answer it. */
async function withAnswers(job, read) {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      const { problem } = error;
      if (problem?.columns) throw new Error(missingColumnLines(problem).join("\n"), { cause: error });
      if (!problem?.choices) throw error;
      const lines = ambiguityLines(problem);
      const values = problem.choices.map(({ value }) => value);
      if (!hasTerminal()) throw new Error(lines.join("\n"), { cause: error });
      print(lines);
      const value = (await ask(`${values.join(" or ")}? `)).toLowerCase();
      if (values.includes(value)) job.answers[problem.parameter] = value;
    }
  }
}

/** Shows the first rows of a large file at once. What they leave open may be clear in the whole file. */
async function showPreview(to, job) {
  if (job.format.isSheet || (await stat(job.file)).size <= HEAD_BYTES) return;
  try {
    print([...reportLines(await preview(to, job)), ""]);
  } catch (error) {
    if (!error.problem?.choices) throw error;
    console.log("The first rows leave the format of dates or numbers open.");
  }
}

async function showDryRun(to, job) {
  await withAnswers(job, () => showPreview(to, job));
  const report = await withAnswers(job, async () => {
    const show = showProgressOnTerminal();
    return dryRun(to, job, (share) => show(share, share < 1 ? "sent" : "checking all rows", share === 1));
  });
  print(reportLines(report));
  return report;
}

/** Whether to import the file. @throws Error without a terminal */
async function isConfirmed({ yes }, { rows_accepted }) {
  if (yes) return true;
  if (!hasTerminal())
    throw new Error("There is no terminal to ask on: repeat the command with --yes to import the file.");
  const question =
    rows_accepted === 0 ? "No row would be imported. Import it anyway? (y/N) " : "Import it? (y/N) ";
  return /^y(es)?$/i.test(await ask(question));
}

async function runImport(to, job) {
  const report = await showDryRun(to, job);
  if (job.dryRun) return 0;
  if (!(await isConfirmed(job, report))) {
    console.log("Nothing was imported.");
    return 0;
  }
  await to.renew();
  const end = await importFile(to, job, isShown ? showImport() : () => {});
  print(importLines(end));
  if (end.rows_rejected > 0)
    console.log(
      `Rejected rows, to correct and import: ${to.api}/imports/${end.id}/rejects?format=file (with the access token)`,
    );
  if (end.status === "done") console.log(`To undo it: npm run import -- --undo ${end.id}`);
  return end.status === "done" ? 0 : 1;
}

async function runUndo(to, id) {
  const show = showProgressOnTerminal();
  const { end, retained } = await undoImport(to, id, ({ status, undone_sales, undone_products }) =>
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
  const { shop, undo, ...job } = readArguments(parsed);
  if (undo !== undefined) return runUndo(await signIn(shop), undo);
  await access(job.file, constants.R_OK).catch((error) => {
    throw new Error(`${job.file} cannot be read (${error.code}).`, { cause: error });
  });
  return runImport(await signIn(shop), job);
});
