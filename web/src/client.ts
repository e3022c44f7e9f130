// The only client of the API: same origin, signed in by HttpOnly cookies.
import { Mostrador } from "@mostrador/sdk";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { noteAnswer, noteError } from "./offline/connection.ts";
import { signedOutByServer } from "./session/session.ts";

export const mostrador = new Mostrador({ session: "cookie", onSignedOut: signedOutByServer });

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onSuccess: noteAnswer, onError: noteError }),
  // Some succeed on this device alone.
  mutationCache: new MutationCache({ onError: noteError }),
  defaultOptions: {
    // The SDK repeats requests, and the till works without a network.
    queries: { retry: false, networkMode: "always", staleTime: 15_000 },
    mutations: { retry: false, networkMode: "always" },
  },
});
