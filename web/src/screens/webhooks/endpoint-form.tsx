import type { EventFilter } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { EventPicker, filtersOf } from "./event-picker.tsx";
import { webhooksWords } from "./words.ts";

export type EndpointValues = { url: string; description: string; event_types: EventFilter[] };

type EndpointFormProps = {
  endpoint?: { url: string; description: string | null; event_types: readonly string[] };
  action: string;
  onSave: (values: EndpointValues) => Promise<unknown>;
};

/** Where events are sent, and which. */
export function EndpointForm({ endpoint, action, onSave }: EndpointFormProps) {
  const w = useWords(webhooksWords);
  const [events, setEvents] = useState(filtersOf(endpoint?.event_types ?? ["*"]));
  const [isMissing, setIsMissing] = useState(false);
  const { mutate, isPending, error } = useMutation({ mutationFn: onSave });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setIsMissing(events.size === 0);
    if (events.size === 0) return;
    mutate({
      url: formText(data, "url").trim(),
      description: formText(data, "description").trim(),
      event_types: [...events],
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field
        required
        label={w.url}
        name="url"
        type="url"
        autoComplete="off"
        defaultValue={endpoint?.url}
        hint={w.urlHint}
        fault={fieldFault(error, "/url")}
      />
      <Field
        label={w.description}
        name="description"
        maxLength={200}
        autoComplete="off"
        defaultValue={endpoint?.description ?? ""}
        fault={fieldFault(error, "/description")}
      />
      <EventPicker chosen={events} fault={isMissing ? w.noEvents : undefined} onChange={setEvents} />
      {error && <ProblemNotice error={error} />}
      <div className="flex justify-end">
        <Button type="submit" kind="primary" isBusy={isPending}>
          {action}
        </Button>
      </div>
    </form>
  );
}
