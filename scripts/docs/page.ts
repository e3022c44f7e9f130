// A page of documentation as a list of its console sessions: fenced blocks in which "$ " begins a command.

/** A command with the output that the page shows; `line` counts from 1, `from` and `to` are indexes of the output's lines. */
export type Step = { line: number; command: string; output: string[]; from: number; to: number };

const FENCE = "```";

/**
 * Reads the commands of every ```console block. A command extends over as many lines as `isComplete` needs to accept it, so that
 * readers can copy it unchanged; the lines that follow are its output.
 */
export function readSteps(text: string, isComplete: (command: string) => boolean): Step[] {
  const lines = text.split("\n");
  const steps: Step[] = [];
  let isInside = false;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (line.startsWith(FENCE)) isInside = !isInside && line === `${FENCE}console`;
    else if (isInside && line.startsWith("$ ")) {
      const step = readStep(lines, at, isComplete);
      steps.push(step);
      at = step.to - 1;
    } else if (isInside && line !== "") throw new Error(`line ${at + 1}: "${line}" belongs to no command`);
  }
  return steps;
}

const isEnd = (line: string | undefined) => line === undefined || line.startsWith(FENCE);

function readStep(lines: string[], start: number, isComplete: (command: string) => boolean): Step {
  let command = (lines[start] ?? "").slice(2);
  let from = start + 1;
  for (; !isComplete(command); from += 1) {
    if (isEnd(lines[from])) throw new Error(`line ${start + 1}: the command is not complete`);
    command += `\n${lines[from]}`;
  }
  let to = from;
  while (!isEnd(lines[to]) && !lines[to]?.startsWith("$ ")) to += 1;
  while (to > from && lines[to - 1] === "") to -= 1;
  return { line: start + 1, command, output: lines.slice(from, to), from, to };
}

/** The page with other outputs: `outputs` has the lines of each step, in the order of `readSteps`. */
export function withOutputs(text: string, steps: Step[], outputs: string[][]): string {
  const lines = text.split("\n");
  for (const [index, { from, to }] of [...steps.entries()].toReversed())
    lines.splice(from, to - from, ...(outputs[index] ?? []));
  return lines.join("\n");
}
