import { useMutation } from "@tanstack/react-query";
import { useFormats } from "../i18n/formats.ts";
import { problemWords } from "../i18n/problems.ts";
import { useWords } from "../i18n/words.ts";
import { Badge, type Tone } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { useMe } from "../session/session.ts";
import { Decisions } from "./decisions.tsx";
import type { Occasion } from "./guard.ts";
import { sendUnsent, useUnsentSales } from "./outbox.ts";
import type { UnsentSale } from "./rules.ts";
import { offlineWords } from "./words.ts";

const TONES: Record<UnsentSale["state"], Tone> = { waiting: "warn", refused: "bad", manager: "brand" };

/** The sales that are not yet in the shop, and what can be done about each. */
export default function UnsentDialog({ occasion, onClose }: { occasion: Occasion; onClose: () => void }) {
  const w = useWords(offlineWords);
  const { shop, id } = useMe();
  const all = useUnsentSales();
  const sales = all.filter(({ account }) => account.startsWith(`${shop.slug}/`));
  const others = all.length - sales.length;
  const send = useMutation({ mutationFn: () => sendUnsent(true) });
  return (
    <Dialog title={w.title} onClose={onClose} className="w-[min(38rem,calc(100vw-2rem))]">
      <p role="status" className="text-muted">
        {sales.length === 0 ? w.allSent : occasion === "list" ? w.explanation : w[occasion]}
      </p>
      {others > 0 && <p className="mt-2 text-muted">{w.ofOtherShop(others)}</p>}
      <ul className="mt-3 flex flex-col divide-y divide-line">
        {sales.map((sale) => (
          <Entry key={sale.client_id} sale={sale} />
        ))}
      </ul>
      {sales.some(({ state, account }) => state === "waiting" && account === `${shop.slug}/${id}`) && (
        <Button kind="primary" className="mt-4" isBusy={send.isPending} onClick={() => send.mutate()}>
          {w.send}
        </Button>
      )}
    </Dialog>
  );
}

function Entry({ sale }: { sale: UnsentSale }) {
  const w = useWords(offlineWords);
  const f = useFormats();
  const me = useMe();
  const { titles = [], body, refusal } = sale;
  const isOfOther = sale.account !== `${me.shop.slug}/${me.id}`;
  return (
    <li className="flex flex-col gap-2 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={TONES[sale.state]}>{w[sale.state]}</Badge>
        <span className="text-muted">
          {f.instant(sale.sold_at)} {w.by(sale.seller)}
        </span>
        <span className="ml-auto font-semibold tabular-nums">{f.money(sale.total)}</span>
      </div>
      <p className="break-words">{titles.length > 0 ? titles.join(", ") : w.products(body.items.length)}</p>
      {refusal && <RefusalText refusal={refusal} />}
      {sale.state === "waiting" && isOfOther && <p className="text-muted">{w.waitsForSeller(sale.seller)}</p>}
      {(sale.state !== "waiting" || (isOfOther && me.role === "ADMIN")) && <Decisions sale={sale} />}
    </li>
  );
}

function RefusalText({ refusal }: { refusal: NonNullable<UnsentSale["refusal"]> }) {
  const sentences: Partial<Record<string, string>> = useWords(problemWords);
  return (
    <p className="text-bad">
      {sentences[refusal.slug] ?? refusal.detail}
      {refusal.request_id !== null && <span className="font-mono text-xs"> {refusal.request_id}</span>}
    </p>
  );
}
