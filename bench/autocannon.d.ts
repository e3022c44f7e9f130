// The part of autocannon that we use; it ships no types.
declare module "autocannon" {
  type Request = { method?: string; path?: string; headers?: Record<string, string>; body?: string };
  type Options = {
    url: string;
    connections: number;
    /** Seconds; or so many requests. */
    duration?: number;
    amount?: number;
    requests: (Request & { setupRequest?: (request: Request) => Request; onResponse?: () => void })[];
  };
  type Result = {
    errors: number;
    non2xx: number;
    "2xx": number;
    duration: number;
    requests: { average: number };
  };
  export default function autocannon(options: Options): Promise<Result>;
}
