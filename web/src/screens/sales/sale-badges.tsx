import type { SaleHead, SaleStatus } from "@mostrador/sdk";
import { useWords } from "../../i18n/words.ts";
import { Badge, type Tone } from "../../parts/badge.tsx";
import { saleWords } from "./words.ts";

const TONES: Record<SaleStatus, Tone> = { completed: "good", pending: "warn", cancelled: "neutral" };

export function StatusBadge({ status }: { status: SaleStatus }) {
  const w = useWords(saleWords);
  return <Badge tone={TONES[status]}>{w[status]}</Badge>;
}

/** Says that it is a refund or a void; nothing for a sale. */
export function KindBadge({ sale: { kind, is_void: isVoid } }: { sale: Pick<SaleHead, "kind" | "is_void"> }) {
  const w = useWords(saleWords);
  if (isVoid) return <Badge tone="bad">{w.void}</Badge>;
  return kind === "refund" ? <Badge tone="bad">{w.refund}</Badge> : null;
}
