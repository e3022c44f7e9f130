// The client: one method for each operation of the API, named by its operationId.
import { OPERATIONS } from "./generated/operations.ts";
import { DEVICE_GRANT, poll } from "./device.ts";
import type {
  Credentials,
  DeviceAuthorization,
  DeviceAuthorizationRequest,
  Login,
  OAuthToken,
  Operations,
  PagedOperations,
} from "./generated/types.ts";
import { Pages } from "./pages.ts";
import { isProblem } from "./problem.ts";
import { isOperation, prepare, type OperationName } from "./request.ts";
import { globalNamed } from "./runtime.ts";
import { cookieSession, fixedSession, tokenSession, type Session, type TokenStore } from "./session.ts";
import { send, type Fetch, type Transport } from "./transport.ts";

// Readable by scripts; it says that there is a login.
const HINT_COOKIE = "mostrador_signed_in";

const RETRIES = 3;
const LONGEST_DELAY_MS = 30_000;
const TIMEOUT_MS = 30_000;
// A refresh whose response is lost can be repeated for a minute, so its attempts are short.
const REFRESH_TIMEOUT_MS = 10_000;

type Auth =
  | {
      /** A secret key `mk_...`, or a publishable key `mp_...`. */
      apiKey?: string | undefined;
      session?: undefined;
    }
  | {
      apiKey?: undefined;
      /** "cookie" in a browser, or where the tokens are, such as `memoryStore()`. */
      session?: "cookie" | TokenStore | undefined;
    };

export type MostradorOptions = Auth & {
  /** The server, such as https://shop.example; in a browser that of the page unless given. */
  url?: string | undefined;
  /** The slug of the shop, for requests without credentials and for signing in. */
  tenant?: string | undefined;
  /** The token of a guest's cart. `createCart` sets it too. */
  cart?: string | null | undefined;
  fetch?: Fetch | undefined;
  /** How often a request is repeated; 3 unless given. */
  retries?: number | undefined;
  /** The longest wait before a repetition, in milliseconds; 30 s unless given. If the server asks for more, its problem is thrown. */
  longestDelay?: number | undefined;
  /** Milliseconds until an attempt counts as lost; 30 s unless given, and no limit for uploads. */
  timeout?: number | undefined;
  /** Called when a login has ended and the person has to sign in again. */
  onSignedOut?: (() => void) | undefined;
};

// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the constructor adds a method for each operation
export interface Mostrador extends Operations<"data"> {}

// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the constructor adds a method for each operation
export class Mostrador {
  /** The same methods, answering the response: its headers, and its body unread. */
  readonly raw: Operations<"raw">;
  /** Lists as async iterators over all pages. */
  readonly pages: PagedOperations;
  /** The token of a guest's cart. */
  cart: string | null;
  readonly #base: string;
  readonly #tenant: string | undefined;
  readonly #transport: Transport;

  constructor(options: MostradorOptions = {}) {
    const url = options.url ?? globalNamed("location")?.origin;
    if (url === undefined) throw new TypeError("Give the url of the server.");
    this.#base = `${url.replace(/\/+$/, "")}/api/v1/`;
    this.#tenant = options.tenant;
    this.cart = options.cart ?? null;
    this.#transport = {
      session: this.#sessionOf(options),
      fetch: options.fetch,
      limits: {
        retries: options.retries ?? RETRIES,
        longestDelay: options.longestDelay ?? LONGEST_DELAY_MS,
        timeout: options.timeout ?? TIMEOUT_MS,
      },
      bookmark: null,
    };
    Object.assign(
      this,
      methods(
        (name) =>
          (...args) =>
            this.#call(name, args),
      ),
    );
    const raw = methods(
      (name) =>
        (...args) =>
          this.#send(name, args, async (response) => response),
    );
    const pages = methods(
      (name) =>
        (...args) =>
          this.#pages(name, args),
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table has a method for each operation
    this.raw = raw as unknown as Operations<"raw">;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table has a method for each operation
    this.pages = pages as unknown as PagedOperations;
  }

  /** From this bookmark of D1 on, what this client wrote is visible. It is sent with each read. */
  get bookmark(): string | null {
    return this.#transport.bookmark;
  }

  set bookmark(bookmark: string | null) {
    this.#transport.bookmark = bookmark;
  }

  /** Signs in, and takes over a guest's cart. `tenant` is that of the client unless given. */
  async signIn(credentials: Omit<Credentials, "tenant"> & { tenant?: string | undefined }): Promise<Login> {
    const tenant = credentials.tenant ?? this.#tenant;
    if (tenant === undefined) throw new TypeError("Give the tenant to sign in to.");
    const login = await this.createSession({ ...credentials, tenant });
    await this.#transport.session.save(login);
    this.cart = null;
    return login;
  }

  /**
   * Signs a device in without a password (RFC 8628): `show` gets the code that a person approves in a browser. Resolves when they have.
   * @throws Problem whose `error` is access_denied or expired_token
   */
  async signInByDevice(
    device: DeviceAuthorizationRequest,
    show: (codes: DeviceAuthorization) => void | Promise<void>,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<OAuthToken> {
    const codes = await this.requestDeviceAuthorization(device, { signal });
    await show(codes);
    const { device_code } = codes;
    const { client_id } = device;
    const request = { grant_type: DEVICE_GRANT, device_code, client_id } as const;
    const login = await poll(() => this.createToken(request, { signal }), codes, signal);
    await this.#transport.session.save(login);
    return login;
  }

  /** Ends the login, on the server too; one that has ended already is no error. */
  async signOut(): Promise<void> {
    try {
      await this.endSession();
    } catch (error) {
      if (!isProblem(error, "invalid-token")) throw error;
    }
    await this.#transport.session.save(null);
  }

  #sessionOf({ apiKey, session, onSignedOut = () => {} }: MostradorOptions): Session {
    const refresh = (token: string | undefined): Promise<Login> =>
      this.refreshSession(token === undefined ? undefined : { refresh_token: token }, {
        timeout: REFRESH_TIMEOUT_MS,
      });
    const lock = `mostrador ${this.#base}`;
    if (session === "cookie") return cookieSession(lock, refresh, onSignedOut);
    return session ? tokenSession(session, lock, refresh, onSignedOut) : fixedSession(apiKey);
  }

  /** Whether the browser has the cookies of a login. A request that names the shop would be answered as a visitor's once they are stale. */
  #hasCookie(): boolean {
    return (
      this.#transport.session.isCookie && globalNamed("document")?.cookie.includes(`${HINT_COOKIE}=`) === true
    );
  }

  #send<T>(name: OperationName, args: unknown[], read: (response: Response) => Promise<T>): Promise<T> {
    const tenant = this.#hasCookie() ? undefined : this.#tenant;
    const request = prepare(name, args, { base: this.#base, tenant, cart: this.cart });
    return send(this.#transport, request, read);
  }

  async #call(name: OperationName, args: unknown[]): Promise<unknown> {
    const data = await this.#send(name, args, dataOf);
    const token: unknown = name === "createCart" && Object(data)["cart_token"];
    if (typeof token === "string") this.cart = token;
    return data;
  }

  #pages(
    name: OperationName,
    args: unknown[],
  ): Pages<unknown, { data: unknown[]; next_cursor: string | null }> {
    const at = OPERATIONS[name].split("{").length - 1;
    return new Pages(async (cursor) => {
      const query = { limit: 100, ...Object(args[at]), ...(cursor === null ? {} : { cursor }) };
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only lists are called this way
      return (await this.#call(name, args.toSpliced(at, 1, query))) as {
        data: unknown[];
        next_cursor: string | null;
      };
    });
  }
}

type Method = (...args: unknown[]) => unknown;

const methods = (make: (name: OperationName) => Method): Record<string, Method> =>
  Object.fromEntries(
    Object.keys(OPERATIONS)
      .filter(isOperation)
      .map((name) => [name, make(name)]),
  );

/** The body of a successful response by its media type; undefined if it has none. */
async function dataOf(response: Response): Promise<unknown> {
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("json")) return response.json();
  if (type.startsWith("text/")) return response.text();
  if (type !== "") return response.blob();
  await response.body?.cancel();
  return undefined;
}
