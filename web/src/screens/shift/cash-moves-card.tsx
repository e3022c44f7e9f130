import type { ListedCashMove } from "@mostrador/sdk";
import { useQuery } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { useCursorList } from "../../lists/use-cursor-list.ts";
import { nameOf, useStaffName } from "../../lists/use-people.ts";
import { listWords } from "../../lists/words.ts";
import { noting } from "../../offline/connection.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { shiftWords } from "./words.ts";

/** Of a shift; a movement that is recorded invalidates it. */
export const cashMovesKey = (shiftId: string): string[] => ["cash-moves", shiftId];

/** The cash that was paid into or out of the drawer in a shift, the latest first. */
export function CashMovesCard({ shiftId, isReachable }: { shiftId: string; isReachable: boolean }) {
  const w = useWords(shiftWords);
  const l = useWords(listWords);
  const moves = useCursorList(cashMovesKey(shiftId), (cursor, options) =>
    noting(mostrador.listCashMoves(shiftId, cursor === undefined ? {} : { cursor }, options)),
  );
  const isApproved = moves.data?.some(({ approved_by: approver }) => approver !== null) ?? false;
  const approvers = useQuery({
    queryKey: ["approvers"],
    queryFn: ({ signal }) => mostrador.listApprovers({ signal }),
    enabled: isApproved,
  });
  const staffName = useStaffName();
  const personName = (id: string | null): string | undefined => {
    const approver = approvers.data?.data.find((one) => one.id === id);
    return staffName(id) ?? (approver && nameOf(approver));
  };
  // Without a network only what is known is shown.
  if (!isReachable && moves.data === undefined) return null;
  return (
    <Card title={w.moves}>
      <Loaded query={moves} skeleton={<div className="skeleton h-14" />}>
        {(data) =>
          data.length === 0 ? (
            <p className="text-muted">{w.noMoves}</p>
          ) : (
            <ul className="divide-y divide-line">
              {data.map((move) => (
                <CashMoveRow key={move.id} move={move} nameOf={personName} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {moves.hasNextPage && (
        <Button className="mt-3" isBusy={moves.isFetchingNextPage} onClick={() => void moves.fetchNextPage()}>
          {l.showMore}
        </Button>
      )}
    </Card>
  );
}

type RowProps = { move: ListedCashMove; nameOf: (id: string | null) => string | undefined };

function CashMoveRow({ move, nameOf: personName }: RowProps) {
  const w = useWords(shiftWords);
  const f = useFormats();
  const isIn = move.kind === "paid_in";
  const approver = personName(move.approved_by);
  const people = [personName(move.user_id), approver !== undefined && w.approvedBy(approver)];
  return (
    <li className="flex items-baseline gap-3 py-2.5">
      <time dateTime={move.created_at} className="min-w-12 shrink-0 text-xs text-faint tabular-nums">
        {f.time(move.created_at)}
      </time>
      <div className="min-w-0 flex-1">
        <p className="[overflow-wrap:anywhere]">
          {w[move.kind]} <span className="text-muted">· {move.reason}</span>
        </p>
        <p className="text-xs text-muted">{people.filter(Boolean).join(" · ")}</p>
      </div>
      <span className={`font-medium whitespace-nowrap tabular-nums ${isIn ? "text-good" : ""}`}>
        {f.money(isIn ? move.amount : -move.amount)}
      </span>
    </li>
  );
}
