// The members of zod that the Worker uses: without the others, and without its 50 languages, compiler and conversion from JSON Schema, the
// bundle is smaller. wrangler.toml puts it in the place of the package; the tests take the package itself.
import { datetime, date } from "../node_modules/zod/v4/classic/iso.js";
import * as coerce from "../node_modules/zod/v4/classic/coerce.js";
import { ZodError } from "../node_modules/zod/v4/classic/errors.js";
import * as schemas from "../node_modules/zod/v4/classic/schemas.js";
import { config, NEVER } from "../node_modules/zod/v4/core/core.js";
import en from "../node_modules/zod/v4/locales/en.js";

config(en());

// Schemas are immutable, so one of each that has no parameters is enough. A third of all are such, and each takes time and memory when an
// isolate starts.
function shared(make) {
  let one;
  return (parameters) => (parameters === undefined ? (one ??= make()) : make(parameters));
}

export const z = {
  array: schemas.array,
  boolean: shared(schemas.boolean),
  coerce: { number: coerce.number },
  custom: schemas.custom,
  discriminatedUnion: schemas.discriminatedUnion,
  enum: schemas.enum,
  int: shared(schemas.int),
  iso: { date: shared(date), datetime: shared(datetime) },
  literal: schemas.literal,
  looseObject: schemas.looseObject,
  NEVER,
  null: schemas.null,
  number: shared(schemas.number),
  object: schemas.object,
  preprocess: schemas.preprocess,
  record: schemas.record,
  strictObject: schemas.strictObject,
  string: shared(schemas.string),
  tuple: schemas.tuple,
  union: schemas.union,
  unknown: shared(schemas.unknown),
  url: schemas.url,
  uuid: shared(schemas.uuid),
  ZodError,
  ZodObject: schemas.ZodObject,
  ZodOptional: schemas.ZodOptional,
  ZodType: schemas.ZodType,
};
