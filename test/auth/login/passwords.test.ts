import { scryptSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashPassword, verifyPassword } from "../../../src/auth/login/passwords.ts";
import { withFullScrypt } from "../../support/light-scrypt.ts";

const PASSWORD = "ñandú correct horse";

describe("a password", () => {
  it("is hashed with scrypt of N=16384, r=8 and p=5, and a salt of its own", async () => {
    const hash = () => withFullScrypt(() => hashPassword(PASSWORD));
    const [first, second] = [await hash(), await hash()];
    const [, algorithm, parameters, salt = "", key = ""] = first.split("$");
    expect([algorithm, parameters]).toEqual(["scrypt", "ln=14,r=8,p=5"]);
    const bytes = Buffer.from(salt, "base64url");
    expect(bytes.length).toBe(16);
    const expected = scryptSync(PASSWORD.normalize("NFC"), bytes, 32, {
      N: 16_384,
      r: 8,
      p: 5,
      maxmem: 64 * 1024 * 1024,
    });
    expect(key).toBe(expected.toString("base64url"));
    expect(second).not.toBe(first);
    expect(await withFullScrypt(() => verifyPassword(PASSWORD, first))).toBe(true);
    expect(await withFullScrypt(() => verifyPassword(`${PASSWORD}!`, first))).toBe(false);
  });

  it("is the same in composed and decomposed letters", () => {
    expect(verifyPassword(PASSWORD.normalize("NFD"), hashPassword(PASSWORD.normalize("NFC")))).toBe(true);
  });

  it("is compared with the parameters of its hash, which may be older ones", async () => {
    const salt = Buffer.alloc(16, 7);
    const key = scryptSync("old", salt, 32, { N: 1024, r: 4, p: 1 });
    const hash = `$scrypt$ln=10,r=4,p=1$${salt.toString("base64url")}$${key.toString("base64url")}`;
    expect(await withFullScrypt(() => verifyPassword("old", hash))).toBe(true);
    expect(await withFullScrypt(() => verifyPassword("new", hash))).toBe(false);
  });

  it("does not match without a hash", () => {
    expect(verifyPassword("", null)).toBe(false);
    expect(verifyPassword(PASSWORD, "")).toBe(false);
  });
});
