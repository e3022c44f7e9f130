import type { Import } from "@mostrador/sdk";
import { Bar } from "../../charts/bar.tsx";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { dashboardWords } from "./words.ts";

const ROWS = 3;

const COLOURS: Record<Import["status"], string> = {
  queued: "text-muted",
  running: "text-brand",
  done: "text-good",
  failed: "text-bad",
  undoing: "text-warn",
  undone: "text-muted",
};

/** The last imports with their progress; only those who may import see the card. */
export function ImportsCard({ imports }: { imports: readonly Import[] | null }) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  if (imports === null) return null;
  return (
    <Card title={w.imports}>
      {imports.length === 0 ? (
        <Empty text={w.noImports} />
      ) : (
        <ul className="flex flex-col gap-4">
          {imports.slice(0, ROWS).map((item) => (
            <li key={item.id}>
              <p className="mb-1.5 flex justify-between gap-3">
                <span>
                  {item.kind === "sales" ? w.importSales : w.importProducts}{" "}
                  <span className="text-muted">{f.instantDay(item.created_at)}</span>
                </span>
                <span className={`text-xs font-medium ${COLOURS[item.status]}`}>{w[item.status]}</span>
              </p>
              <Bar share={item.bytes_total === 0 ? 1 : item.bytes_read / item.bytes_total} />
              <p className="mt-1 text-xs text-muted">
                {w.accepted(item.rows_accepted, f.number(item.rows_accepted))}
                {item.rows_rejected > 0 && (
                  <span className="text-warn">
                    , {w.rejected(item.rows_rejected, f.number(item.rows_rejected))}
                  </span>
                )}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
