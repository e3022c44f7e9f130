// Text that people type and see.
import { z } from "@hono/zod-openapi";

// Control, format (zero-width, direction-changing) and lone surrogate characters: they make two names look like one.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}]/u;

export const isPlain = (text: string): boolean => !UNSAFE.test(text);

/** One line for people: trimmed, not empty, no control or invisible characters. */
export const label = (max: number, example: string) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine(isPlain, "no control or invisible characters")
    .openapi({ example });

export const LanguageTag = z
  .string()
  .max(35)
  .regex(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$/, "a BCP 47 language tag")
  .openapi({ example: "es" });
