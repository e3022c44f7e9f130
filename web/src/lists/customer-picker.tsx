import type { Customer } from "@mostrador/sdk";
import { mostrador } from "../client.ts";
import { useWords, words } from "../i18n/words.ts";
import { HITS, SearchPicker } from "./search-picker.tsx";

const pickerWords = words({
  hint: { es: "Nombre, correo o teléfono", en: "Name, e-mail or phone" },
  noMatch: { es: "Ningún cliente coincide", en: "No customer matches" },
  noName: { es: "Sin nombre", en: "No name" },
});

export const useCustomerName = (): ((
  customer: Pick<Customer, "name" | "email" | "external_ref">,
) => string) => {
  const { noName } = useWords(pickerWords);
  return ({ name, email, external_ref: ref }) => name ?? email ?? ref ?? noName;
};

type CustomerPickerProps = {
  label: string;
  /** A customer that cannot be chosen. */
  except?: string;
  onChoose: (customer: Customer) => void;
};

/** Finds a customer while one types. */
export function CustomerPicker({ label, except, onChoose }: CustomerPickerProps) {
  const w = useWords(pickerWords);
  const customerName = useCustomerName();
  return (
    <SearchPicker
      label={label}
      hint={w.hint}
      noMatch={w.noMatch}
      name="customers"
      search={(q, signal) => mostrador.listCustomers({ q, limit: HITS }, { signal })}
      except={except}
      onChoose={onChoose}
    >
      {(hit) => (
        <>
          <span className="min-w-0 break-words">{customerName(hit)}</span>
          <span className="text-xs break-all">{hit.email ?? hit.phone}</span>
        </>
      )}
    </SearchPicker>
  );
}
