import { env } from "cloudflare:workers";
import {
  decodeJwt,
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  UnsecuredJWT,
  type JWTPayload,
} from "jose";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { API, call } from "../support/client.ts";
import { fill, isPublic, nameOf, operations } from "../support/contract.ts";
import { newShop } from "../support/shops.ts";
import { expectRefused } from "./refused.ts";

const jwk = z.looseObject({ kid: z.string(), x: z.string(), d: z.string() });
const signingJwk = jwk.parse(JSON.parse(env.AUTH_SIGNING_KEY));
const signingKey = await importJWK(signingJwk, "EdDSA");
const other = await generateKeyPair("EdDSA", { extractable: true });
const otherJwk = await exportJWK(other.publicKey);

const HEADER = { alg: "EdDSA", typ: "at+jwt", kid: signingJwk.kid };
const seconds = () => Math.floor(Date.now() / 1000);
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

type Forge = (claims: JWTPayload) => Promise<string> | string;

const signed =
  (header: Record<string, unknown>, changed: Record<string, unknown> = {}, key = signingKey): Forge =>
  (claims) =>
    new SignJWT({ ...claims, ...changed }).setProtectedHeader({ ...HEADER, ...header }).sign(key);

const KEYS_URL = "http://127.0.0.1:8819/keys.json";
const { d: _, ...published } = signingJwk;

const forged: Record<string, Forge> = {
  "alg none": (claims) =>
    `${encode({ ...HEADER, alg: "none" })}.${new UnsecuredJWT(claims).encode().split(".")[1]}.`,
  "alg HS256 and our public key as the secret": signed(
    { alg: "HS256" },
    {},
    Buffer.from(signingJwk.x, "base64url"),
  ),
  "alg HS256 and our public JWK as the secret": signed(
    { alg: "HS256" },
    {},
    Buffer.from(JSON.stringify(published)),
  ),
  "a wrong key": signed({}, {}, other.privateKey),
  "no signature": async (claims) => (await signed({})(claims)).replace(/[^.]+$/, ""),
  "an exp in the past": signed({}, { exp: seconds() - 1 }),
  "an nbf in the future": signed({}, { nbf: seconds() + 3600 }),
  "no exp": signed({}, { exp: undefined }),
  "no iat": signed({}, { iat: undefined }),
  "no sub": signed({}, { sub: undefined }),
  "no jti": signed({}, { jti: undefined }),
  "no shop": signed({}, { tenant: undefined }),
  "no session": signed({}, { sid: undefined }),
  "an unknown session": signed({}, { sid: crypto.randomUUID() }),
  "a wrong aud": signed({}, { aud: "another-api" }),
  "a wrong iss": signed({}, { iss: "another" }),
  "a wrong typ": signed({ typ: "JWT" }),
  "no typ": signed({ typ: undefined }),
  "an unknown kid": signed({ kid: "another" }),
  "no kid": signed({ kid: undefined }),
  "a kid that is a path": signed({ kid: "../../dev/null" }),
  "a jku header and its own key": signed({ jku: KEYS_URL, kid: "theirs" }, {}, other.privateKey),
  "a jku header under our kid": signed({ jku: KEYS_URL }, {}, other.privateKey),
  "a jku header, although our key signed it": signed({ jku: KEYS_URL }),
  "a jwk header and its own key": signed({ jwk: otherJwk }, {}, other.privateKey),
  "a jwk header, although our key signed it": signed({ jwk: otherJwk }),
  "an x5u header": signed({ x5u: KEYS_URL }),
  "an unknown critical header": async (claims) => {
    const [, rest] = /^[^.]+\.(.*)$/.exec(await signed({})(claims)) ?? [];
    return `${encode({ ...HEADER, crit: ["x"], x: 1 })}.${rest}`;
  },
};

const protectedOperations = operations.filter((operation) => !isPublic(operation));

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a JWT", () => {
  it.each(Object.entries(forged))(
    "with %s is 401 invalid-token everywhere, and nothing is fetched",
    async (_name, forge) => {
      const fetched = vi.spyOn(globalThis, "fetch");
      const { admin } = await newShop();
      const token = await forge(decodeJwt(admin.token));
      for (const { method, path, ...operation } of protectedOperations) {
        const answer = await call(method, fill(path, crypto.randomUUID()), { token });
        expectRefused(answer, 401, "invalid-token", nameOf({ method, path, ...operation }));
        expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
      }
      expect(fetched).not.toHaveBeenCalled();
    },
  );

  it("signed in the same way without a fault is accepted", async () => {
    const { admin } = await newShop();
    const token = await signed({})(decodeJwt(admin.token));
    expect((await call("GET", `${API}/auth/me`, { token })).body.id).toBe(admin.id);
  });

  it.each(["garbage", "a.b.c", "Basic YTpi", "Bearer", "Bearer a b", "bearer=x"])(
    "needs a well-formed Authorization header: %j is 401 invalid-token",
    async (authorization) => {
      for (const operation of protectedOperations) {
        const answer = await call(operation.method, fill(operation.path, crypto.randomUUID()), {
          headers: { authorization },
        });
        expectRefused(answer, 401, "invalid-token", nameOf(operation));
      }
    },
  );
});
