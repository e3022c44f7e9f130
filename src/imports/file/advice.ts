import { Problem } from "../../platform/problem.ts";

const AS_CSV = 'Open it in the spreadsheet program, save it as "CSV UTF-8" and send that.';

/** A file that cannot be read as it is. */
export const unreadable = (what: string): Problem =>
  new Problem("unsupported-media-type", `${what}. ${AS_CSV}`);

/** A spreadsheet that is larger than what can be read within a request. */
export const tooLargeSheet = (what: string): Problem => new Problem("too-large", `${what}. ${AS_CSV}`);

export const damaged = (): Problem => unreadable("The spreadsheet is damaged");
