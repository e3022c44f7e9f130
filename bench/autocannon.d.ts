// The part of autocannon that we use; it ships no types.
declare module "autocannon" {
  type Request = { method?: string; path?: string; headers?: Record<string, string>; body?: string };
  type Options = {
    url: string;
    connections: number;
    /** Seconds; or so many requests. */
    duration?: number;
    amount?: number;
    /** Requests a second, of all connections together. */
    overallRate?: number;
    /** Threads that ask, instead of this one. */
    workers?: number;
    requests: (Request & { setupRequest?: (request: Request) => Request; onResponse?: () => void })[];
  };
  type Result = {
    errors: number;
    non2xx: number;
    "2xx": number;
    duration: number;
    statusCodeStats: Record<string, { count: number }>;
    requests: { average: number };
  };
  export default function autocannon(options: Options): Promise<Result>;
}
