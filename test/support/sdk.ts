// Clients of the SDK whose requests go through the Worker's fetch handler.
import { exports } from "cloudflare:workers";
import { memoryStore, Mostrador, type MostradorOptions } from "@mostrador/sdk";
import { ORIGIN } from "./client.ts";
import { PASSWORD, type Person, type Shop } from "./shops.ts";

/** What a network does: it gets the request and the number of requests before it. */
export type Network = (request: Request, index: number) => Promise<Response>;

/** Sends a request to the Worker. */
export const reach = (request: Request): Promise<Response> => exports.default.fetch(request);

/** A fetch over a network; `requests` are those that were sent. */
export function fetchOver(network: Network = reach) {
  const requests: Request[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const request = new Request(url, init);
    requests.push(request.clone());
    return network(request, requests.length - 1);
  };
  return { fetch, requests };
}

type Options = Omit<MostradorOptions, "apiKey" | "session">;

/** A client of the shop without credentials. */
export const visitorOf = (shop: Shop, options: Options = {}): Mostrador =>
  new Mostrador({ url: ORIGIN, tenant: shop.tenant.slug, fetch: fetchOver().fetch, ...options });

/** A client of the shop; its login has not begun. */
export const clientOf = (shop: Shop, options: Options = {}): Mostrador =>
  new Mostrador({
    url: ORIGIN,
    tenant: shop.tenant.slug,
    session: memoryStore(),
    fetch: fetchOver().fetch,
    ...options,
  });

/** A client that has signed a person in. */
export async function signedIn(
  shop: Shop,
  person: Person = shop.admin,
  options: Options = {},
): Promise<Mostrador> {
  const client = clientOf(shop, options);
  await client.signIn({ email: person.email, password: PASSWORD });
  return client;
}

/** A client with the access token that a person has. */
export const clientOfPerson = ({ token }: Person): Mostrador =>
  new Mostrador({
    url: ORIGIN,
    session: memoryStore({ access_token: token, refresh_token: "" }),
    fetch: fetchOver().fetch,
  });
