import { config } from "../node_modules/zod/v4/core/core.js";
import en from "../node_modules/zod/v4/locales/en.js";
config(en());
export * from "../node_modules/zod/v4/classic/schemas.js";
export * from "../node_modules/zod/v4/classic/checks.js";
export * from "../node_modules/zod/v4/classic/errors.js";
export * from "../node_modules/zod/v4/classic/parse.js";
export * from "../node_modules/zod/v4/classic/compat.js";
export { globalRegistry, registry } from "../node_modules/zod/v4/core/registries.js";
export { config, NEVER, $brand } from "../node_modules/zod/v4/core/core.js";
export {
  ZodISODateTime,
  ZodISODate,
  ZodISOTime,
  ZodISODuration,
} from "../node_modules/zod/v4/classic/iso.js";
export * as iso from "../node_modules/zod/v4/classic/iso.js";
export * as coerce from "../node_modules/zod/v4/classic/coerce.js";
export { toJSONSchema } from "../node_modules/zod/v4/core/json-schema-processors.js";
