import { isProblem, type Customer, type CustomerPatch } from "@mostrador/sdk";
import { useState } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { toast } from "../../parts/toasts.tsx";
import { CustomerForm, type CustomerValues } from "../customers/customer-form.tsx";
import { customerWords } from "../customers/words.ts";
import { Details } from "../sale/details-card.tsx";
import { customerScreenWords } from "./words.ts";

/** The changes that the form makes. Name and e-mail of an account are not its to change, and an e-mail or phone cannot be removed. */
function patchOf(customer: Customer, values: CustomerValues): CustomerPatch {
  const { name, email, phone, ...rest } = values;
  return {
    ...rest,
    ...(phone !== null && phone !== customer.phone && { phone }),
    ...(!customer.has_login && name !== customer.name && { name }),
    ...(!customer.has_login && email !== null && email !== customer.email && { email }),
  };
}

export function EditDialog({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const w = useWords(customerScreenWords);
  const c = useWords(customerWords);
  // As it was when the form was opened: what others change since is a conflict.
  const [mine] = useState(customer);
  const [theirs, setTheirs] = useState<Customer | null>(null);
  const save = async (values: CustomerValues): Promise<void> => {
    try {
      await mostrador.updateCustomer(mine.id, patchOf(theirs ?? mine, values), { ifMatch: theirs ?? mine });
    } catch (error) {
      if (isProblem(error, "precondition-failed")) setTheirs(await mostrador.getCustomer(mine.id));
      throw error;
    }
    toast(wordsNow(customerWords).saved);
    void queryClient.invalidateQueries({ queryKey: ["customers"] });
    await queryClient.invalidateQueries({ queryKey: ["customer"] });
    onClose();
  };
  return (
    <Dialog title={w.editTitle} onClose={onClose}>
      <CustomerForm customer={mine} onSave={save}>
        {() =>
          theirs && (
            <div role="alert" className="flex flex-col gap-3 rounded-xl bg-warn-soft p-4 text-warn">
              <p>{w.theirs}</p>
              <Details
                rows={[
                  [c.name, theirs.name],
                  [c.email, theirs.email],
                  [c.phone, theirs.phone],
                  [c.taxId, theirs.tax_id],
                  [c.reference, theirs.external_ref],
                  [c.note, theirs.note],
                ]}
              />
            </div>
          )
        }
      </CustomerForm>
    </Dialog>
  );
}
