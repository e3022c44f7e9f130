// The file that was chosen: what it would import, what it leaves open, and its start.
import { isProblem, type ImportDryRun } from "@mostrador/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Bar } from "../../charts/bar.tsx";
import { mostrador, queryClient } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { check, queryOf, uploadOf, type Settings } from "./check.ts";
import { FileProblem } from "./file-problem.tsx";
import { MappingForm } from "./mapping-form.tsx";
import { Question } from "./question.tsx";
import { Report } from "./report.tsx";
import { SaveMapping } from "./save-mapping.tsx";
import { importWords } from "./words.ts";

type PreviewProps = {
  settings: Settings;
  /** Differs for each file that was chosen. */
  id: string;
  onChange: (change: Partial<Settings>) => void;
  onStarted: (id: string, report: ImportDryRun) => void;
};

export function Preview({ settings, id, onChange, onStarted }: PreviewProps) {
  const w = useWords(importWords);
  const f = useFormats();
  const [isWhole, setWhole] = useState(false);
  const [isMapping, setMapping] = useState(false);
  const [sent, setSent] = useState(0);
  const key = useRef({ text: "", key: "" });
  const { file, kind } = settings;
  const query = queryOf(settings);
  const report = useQuery({
    queryKey: ["import-check", id, query, isWhole],
    queryFn: ({ signal }) => check(settings, isWhole, signal),
    staleTime: Infinity,
    gcTime: 0,
  });
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => {
      // The same file with other settings is another import.
      const text = JSON.stringify(query);
      if (key.current.text !== text) key.current = { text, key: crypto.randomUUID() };
      return mostrador.startImport(file, query, {
        ...uploadOf(file),
        timeout: 0,
        idempotencyKey: key.current.key,
        onProgress: (bytes, total) => setSent(total === null ? 0 : bytes / total),
      });
    },
    onSuccess: ({ id: started }) => {
      if (report.data) onStarted(started, report.data);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["imports"] }),
  });
  const apply = (columns: Record<string, string | null>): void => {
    setMapping(false);
    onChange({ columns });
  };

  if (report.isPending)
    return (
      <Card>
        <p role="status" className="mb-3 font-medium">
          {w.checking}
        </p>
        <div className="skeleton h-40" />
      </Card>
    );
  if (isProblem(report.error, "missing-columns"))
    return (
      <Card title={w.missingTitle}>
        <p className="mb-4 text-muted">{w.missingText}</p>
        <MappingForm
          kind={kind}
          columns={report.error.columns}
          sample={report.error.sample}
          initial={report.error.proposal}
          onApply={apply}
        />
      </Card>
    );
  if (isProblem(report.error, "ambiguous-format"))
    return (
      <Question
        parameter={report.error.parameter}
        values={report.error.choices.map(({ value }) => value)}
        examples={report.error.examples}
        onAnswer={onChange}
      />
    );
  if (report.error) return <FileProblem error={report.error} onRetry={() => void report.refetch()} />;
  const { data } = report;
  const actions = (
    <>
      {error && (
        <div className="mb-4">
          <ProblemNotice error={error} />
        </div>
      )}
      {isPending && (
        <div className="mb-4">
          <p role="status" className="mb-1.5 flex justify-between">
            {w.uploading}
            <span aria-hidden="true">{f.share(sent)}</span>
          </p>
          <Bar share={sent} />
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          kind="primary"
          isBusy={isPending}
          disabled={data.rows_accepted === 0 && !data.is_partial}
          onClick={() => mutate()}
        >
          {w.start}
        </Button>
        {data.is_partial && <Button onClick={() => setWhole(true)}>{w.checkAll}</Button>}
        <Button disabled={isPending} onClick={() => setMapping(true)}>
          {w.adjust}
        </Button>
      </div>
    </>
  );
  return (
    <>
      {isMapping ? (
        <Card title={w.missingTitle}>
          <p className="mb-4 text-muted">{w.adjustText}</p>
          <MappingForm
            kind={kind}
            columns={data.columns}
            sample={data.sample}
            initial={data.mapping}
            onApply={apply}
          />
        </Card>
      ) : (
        <Report report={data} actions={actions} />
      )}
      {(Object.keys(settings.columns).length > 0 || settings.dates || settings.decimal) && (
        <SaveMapping settings={settings} report={data} />
      )}
    </>
  );
}
