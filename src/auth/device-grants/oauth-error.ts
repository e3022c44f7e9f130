// Errors of the token endpoint in the form of RFC 6749, 5.2, which OAuth clients read. They are not problems.
import type { z } from "zod";
import type { OAuthError } from "./schema.ts";

type Code = z.infer<typeof OAuthError>["error"];

export class OAuthFailure extends Error {
  readonly code: Code;

  constructor(code: Code, description: string) {
    super(description);
    this.code = code;
  }
}
