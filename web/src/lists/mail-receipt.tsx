import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { mostrador } from "../client.ts";
import { fieldFault } from "../i18n/faults.ts";
import { currentLanguage } from "../i18n/language.ts";
import { useWords, words, wordsNow } from "../i18n/words.ts";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/field.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { toast } from "../parts/toasts.tsx";

const mailWords = words({
  email: { es: "Correo", en: "E-mail" },
  sendByMail: { es: "Enviar por correo", en: "Send by mail" },
  mailed: { es: "El recibo sale por correo", en: "The receipt is on its way by mail" },
});

/** Sends the receipt of a sale by mail; `email` is that of the customer, or empty. */
export default function MailReceipt({ id, email: known }: { id: string; email: string }) {
  const w = useWords(mailWords);
  const [email, setEmail] = useState(known);
  const mail = useMutation({
    mutationFn: () =>
      mostrador.mailReceipt(id, { language: currentLanguage(), ...(email !== "" && { email }) }),
    onSuccess: () => {
      setEmail("");
      toast(wordsNow(mailWords).mailed);
    },
  });
  const fault = fieldFault(mail.error, "/email");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    mail.mutate();
  };
  return (
    <form noValidate aria-label={w.sendByMail} onSubmit={submit} className="flex flex-wrap items-end gap-3">
      <div className="min-w-48 flex-1">
        <Field
          label={w.email}
          type="email"
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          fault={fault}
        />
      </div>
      <Button type="submit" isBusy={mail.isPending}>
        {w.sendByMail}
      </Button>
      {mail.error && fault === undefined && <ProblemNotice error={mail.error} />}
    </form>
  );
}
