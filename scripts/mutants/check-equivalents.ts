// A step of `npm test`: a listed mutant that no longer exists would stop the next `npm run mutants`.
import { readEquivalents } from "./equivalents.ts";
import { readSources } from "./sources.ts";

console.log(`${readEquivalents(readSources()).size} mutants are listed as equivalent.`);
