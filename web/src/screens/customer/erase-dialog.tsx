import type { Customer } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { useCustomerName } from "../../lists/customer-picker.tsx";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { customerScreenWords } from "./words.ts";

/** Erases what describes the person; their name is typed as a confirmation. */
export function EraseDialog({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const w = useWords(customerScreenWords);
  const name = useCustomerName()(customer);
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const erase = useMutation({
    // A customer with an account is erased with it.
    mutationFn: () =>
      customer.has_login ? mostrador.eraseUser(customer.id) : mostrador.eraseCustomer(customer.id),
    onSuccess: async () => {
      toast(wordsNow(customerScreenWords).erased);
      await queryClient.invalidateQueries({ queryKey: ["customers"] });
      await navigate({ to: "/customers" });
      queryClient.removeQueries({ queryKey: ["customer", customer.id] });
    },
  });
  return (
    <Dialog title={w.eraseTitle} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          erase.mutate();
        }}
      >
        <p>{w.eraseText}</p>
        <Field
          label={w.typeName(name)}
          value={typed}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
        />
        {erase.error && <ProblemNotice error={erase.error} />}
        <Button kind="danger" type="submit" disabled={typed.trim() !== name} isBusy={erase.isPending}>
          {w.erase}
        </Button>
      </form>
    </Dialog>
  );
}
