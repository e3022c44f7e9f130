// Passwords, questions, progress bars and tables on a terminal; plain lines without one.
import { createInterface } from "node:readline/promises";

const BAR_WIDTH = 30;

/** Whether there is a person to ask. */
export const hasTerminal = () => process.stdin.isTTY;

/** Asks a question on the terminal. Resolves to the answer without surrounding spaces, empty if there is none. */
export async function ask(question) {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise((resolve) => lines.once("close", () => resolve("")));
  try {
    return (await Promise.race([lines.question(question), closed])).trim();
  } finally {
    lines.close();
  }
}

/** Asks for a password without showing it. */
export function askPassword(question) {
  const { stdin, stderr } = process;
  if (!stdin.isTTY)
    throw new Error("There is no terminal to ask for the password on: set MOSTRADOR_PASSWORD.");
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  return new Promise((resolve, reject) => {
    let typed = [];
    const end = (settle, value) => {
      stdin.off("data", read);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write("\n");
      settle(value);
    };
    const read = (keys) => {
      for (const key of keys) {
        if (key === "\r" || key === "\n") return end(resolve, typed.join(""));
        // Ctrl-C and Ctrl-D, which raw mode delivers as characters.
        if (key === "\u0003" || key === "\u0004") return end(reject, new Error("No password was given."));
        if (key === "\u007f" || key === "\b") typed = typed.slice(0, -1);
        else typed.push(key);
      }
    };
    stdin.on("data", read);
    stdin.resume();
  });
}

/** Returns a function that shows progress: a share from 0 to 1, and a text. */
export function showProgress() {
  let previous = "";
  return (share, label, isEnd) => {
    const text = `${String(Math.floor(share * 100)).padStart(3)} %  ${label}`;
    if (text === previous) return;
    previous = text;
    if (!process.stdout.isTTY) return console.log(text);
    const filled = Math.round(share * BAR_WIDTH);
    process.stdout.write(`\r\u001b[K[${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}] ${text}`);
    if (isEnd) process.stdout.write("\n");
  };
}

/** Returns a function that shows the progress of an import. */
export function showImport() {
  const show = showProgress();
  return ({ status, bytes_read, bytes_total, rows_read }) =>
    show(
      bytes_total === 0 ? 1 : bytes_read / bytes_total,
      `${rows_read.toLocaleString("en")} rows  ${status}`,
      status === "done" || status === "failed",
    );
}

/** Formats rows as a text table, numbers aligned to the right. */
export function tableOf(names, rows) {
  const texts = rows.map((row) => row.map((value) => (value === null ? "" : String(value))));
  const isNumber = names.map((_, at) =>
    rows.every((row) => row[at] === null || /^-?[\d.]+$/.test(String(row[at]))),
  );
  const widths = names.map((name, at) => Math.max(name.length, ...texts.map((row) => row[at].length)));
  const line = (cells) =>
    cells
      .map((text, at) => (isNumber[at] ? text.padStart(widths[at]) : text.padEnd(widths[at])))
      .join("  ")
      .trimEnd();
  return [line(names), line(widths.map((width) => "-".repeat(width))), ...texts.map(line)].join("\n");
}
