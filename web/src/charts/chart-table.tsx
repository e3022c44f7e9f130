type ChartTableProps = {
  label: string;
  caption: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
};

/** The values of a chart as a table that scrolls in a box of the chart's height. */
export function ChartTable({ label, caption, head, rows }: ChartTableProps) {
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className="h-[236px] overflow-auto rounded-lg border border-line"
    >
      <table className="w-full text-[0.8125rem]">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-card">
          <tr>
            {head.map((text, index) => (
              <th
                key={text}
                scope="col"
                className={`px-3 py-2 font-medium text-muted ${index === 0 ? "text-left" : "text-right"}`}
              >
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first, ...cells]) => (
            <tr key={first} className="border-t border-line">
              <th scope="row" className="px-3 py-1.5 text-left font-normal whitespace-nowrap">
                {first}
              </th>
              {cells.map((cell, index) => (
                <td key={head[index + 1]} className="px-3 py-1.5 text-right whitespace-nowrap">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
