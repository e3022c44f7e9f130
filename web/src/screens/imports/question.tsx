import type { DateOrder, DecimalSeparator } from "@mostrador/sdk";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { importWords } from "./words.ts";

const DATES = ["dmy", "mdy", "ymd"] as const satisfies readonly DateOrder[];
const DECIMALS = ["comma", "point"] as const satisfies readonly DecimalSeparator[];

type Answer = { dates: DateOrder } | { decimal: DecimalSeparator };

type QuestionProps = {
  parameter: "dates" | "decimal";
  /** The values that the file allows. */
  values: readonly string[];
  /** Cells of the file that can be read in each of them. */
  examples: readonly string[];
  onAnswer: (answer: Answer) => void;
};

/** What the file leaves open, for the person to answer. */
export function Question({ parameter, values, examples, onAnswer }: QuestionProps) {
  const w = useWords(importWords);
  const options: { name: string; value: string; answer: Answer }[] =
    parameter === "dates"
      ? DATES.map((dates) => ({ name: w[dates], value: dates, answer: { dates } }))
      : DECIMALS.map((decimal) => ({
          name: decimal === "comma" ? w.decimalComma : w.decimalPoint,
          value: decimal,
          answer: { decimal },
        }));
  return (
    <Card title={parameter === "dates" ? w.ambiguousDates : w.ambiguousDecimal}>
      <p className="mb-2 text-muted">{w.examples}</p>
      <p className="mb-4 font-mono">{examples.join("  ·  ")}</p>
      <div className="flex flex-wrap gap-2">
        {options
          .filter(({ value }) => values.includes(value))
          .map(({ name, value, answer }) => (
            <Button key={value} onClick={() => onAnswer(answer)}>
              {name}
            </Button>
          ))}
      </div>
    </Card>
  );
}
