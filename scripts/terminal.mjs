// What a command asks and shows on a terminal; plain lines where there is none.

const BAR = 30;

/** Asks for a secret, which is not shown while it is typed. */
export function askPassword(question) {
  const { stdin, stderr } = process;
  if (!stdin.isTTY)
    throw new Error("Set MOSTRADOR_PASSWORD: there is no terminal to ask for the password on.");
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
        // Ctrl-C and Ctrl-D; in raw mode they are characters like others.
        if (key === "\u0003" || key === "\u0004") return end(reject, new Error("No password was given."));
        if (key === "\u007f" || key === "\b") typed = typed.slice(0, -1);
        else typed.push(key);
      }
    };
    stdin.on("data", read);
    stdin.resume();
  });
}

/** A function that shows how far an import is, called as often as one likes. */
export function showProgress() {
  let last = "";
  return ({ status, bytes_read, bytes_total, rows_read }) => {
    const part = bytes_total === 0 ? 1 : bytes_read / bytes_total;
    const text = `${String(Math.floor(part * 100)).padStart(3)} %  ${rows_read.toLocaleString("en")} rows  ${status}`;
    if (text === last) return;
    last = text;
    if (!process.stdout.isTTY) return console.log(text);
    const full = Math.round(part * BAR);
    process.stdout.write(`\r\u001b[K[${"#".repeat(full)}${"-".repeat(BAR - full)}] ${text}`);
    if (status === "done" || status === "failed") process.stdout.write("\n");
  };
}
