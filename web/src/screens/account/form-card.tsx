import { useMutation } from "@tanstack/react-query";
import type { FormEvent, ReactNode } from "react";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";

type FormCardProps = {
  title: string;
  text?: string;
  /** The name of the button. */
  action: string;
  /** What is said when it is done. */
  done: () => string;
  badge?: ReactNode;
  /** Beside the button. */
  extra?: ReactNode;
  isReset?: boolean;
  save: (form: FormData) => Promise<unknown>;
  children: (error: unknown) => ReactNode;
};

/** A card that is a form, with one button. */
export function FormCard({
  title,
  text,
  action,
  done,
  badge,
  extra,
  isReset = false,
  save,
  children,
}: FormCardProps) {
  const { mutate, isPending, error } = useMutation({ mutationFn: save });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    mutate(new FormData(form), {
      onSuccess: () => {
        toast(done());
        if (isReset) form.reset();
      },
    });
  };
  return (
    <Card title={title} action={badge}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {text !== undefined && <p className="text-muted">{text}</p>}
        {children(error)}
        {error && <ProblemNotice error={error} />}
        <div className="flex flex-wrap justify-end gap-2">
          {extra}
          <Button type="submit" kind="primary" isBusy={isPending}>
            {action}
          </Button>
        </div>
      </form>
    </Card>
  );
}
