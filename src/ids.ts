// Text ids are UUIDv7: they sort by the time they were made, so new rows append to the end of each tree.
import { z } from "@hono/zod-openapi";
import { uuidv7 } from "uuidv7";

export const newId = (): string => uuidv7();

export const Id = z.uuid().openapi({ example: "019a1b2c-3d4e-7f60-8a1b-2c3d4e5f6071" });
