import type { Webhook } from "@mostrador/sdk";
import { useWords } from "../../i18n/words.ts";
import { Badge } from "../../parts/badge.tsx";
import { webhooksWords } from "./words.ts";

/** Whether an endpoint is sent events, and whether it answers. */
export function EndpointState({ webhook }: { webhook: Pick<Webhook, "is_enabled" | "circuit"> }) {
  const w = useWords(webhooksWords);
  if (!webhook.is_enabled) return <Badge>{w.disabled}</Badge>;
  if (webhook.circuit === "closed") return <Badge tone="good">{w.enabled}</Badge>;
  return <Badge tone="warn">{webhook.circuit === "open" ? w.notAnswering : w.probing}</Badge>;
}
