import type { OrderStatus } from "@mostrador/sdk";
import { useWords } from "../../i18n/words.ts";
import { Badge, type Tone } from "../../parts/badge.tsx";
import { orderWords } from "./words.ts";

const TONES: Record<OrderStatus, Tone> = {
  pending: "warn",
  completed: "good",
  cancelled: "neutral",
  refunded: "bad",
};

export function OrderStatusBadge({ status }: { status: OrderStatus }) {
  const w = useWords(orderWords);
  return <Badge tone={TONES[status]}>{w[status]}</Badge>;
}
