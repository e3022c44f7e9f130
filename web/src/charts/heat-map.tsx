// A table of which each cell is shaded by its value. The arrow keys move through it; one cell is in the tab order.
import { useState, type KeyboardEvent } from "react";

export type HeatRow = { label: string; cells: readonly { label: string; value: number; text: string }[] };

type HeatMapProps = { caption: string; columns: readonly string[]; rows: readonly HeatRow[]; hint: string };

const STEPS: Record<string, [row: number, column: number]> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

export function HeatMap({ caption, columns, rows, hint }: HeatMapProps) {
  const [[row, column], setAt] = useState<[number, number]>([0, 0]);
  const [isShown, setShown] = useState(false);
  const max = Math.max(1, ...rows.flatMap(({ cells }) => cells.map(({ value }) => value)));
  const every = Math.ceil(columns.length / 8);
  const cell = rows[row]?.cells[column];

  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>): void => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const next: [number, number] = [
      Math.max(0, Math.min(rows.length - 1, row + step[0])),
      Math.max(0, Math.min(columns.length - 1, column + step[1])),
    ];
    setAt(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-cell="${next.join()}"]`)?.focus();
  };
  return (
    <div>
      <p aria-hidden="true" className="mb-2 min-h-5 text-[0.8125rem] text-muted">
        {isShown && cell ? cell.text : hint}
      </p>
      <table className="w-full table-fixed border-separate border-spacing-[2px]" onKeyDown={onKeyDown}>
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            <td className="w-9" />
            {columns.map((name, index) => (
              <th
                key={name}
                scope="col"
                className="h-5 text-left text-[0.6875rem] font-normal whitespace-nowrap text-faint"
              >
                <span className={index % every === 0 ? "" : "sr-only"}>{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, cells }, rowIndex) => (
            <tr key={label}>
              <th scope="row" className="text-left text-[0.6875rem] font-normal text-faint">
                {label}
              </th>
              {cells.map((cell, index) => {
                const isCurrent = rowIndex === row && index === column;
                return (
                  <td key={cell.label} className="p-0">
                    <span
                      role="img"
                      aria-label={cell.text}
                      data-cell={`${rowIndex},${index}`}
                      tabIndex={isCurrent ? 0 : -1}
                      onFocus={() => {
                        setAt([rowIndex, index]);
                        setShown(true);
                      }}
                      onPointerEnter={() => {
                        setAt([rowIndex, index]);
                        setShown(true);
                      }}
                      className="block h-6 rounded-[3px] bg-sunken outline-offset-0"
                    >
                      <span
                        className="block h-full rounded-[3px] bg-brand"
                        style={{ opacity: cell.value <= 0 ? 0 : 0.12 + 0.88 * (cell.value / max) }}
                      />
                    </span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
