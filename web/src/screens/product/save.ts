// Saving an edited product. Others may have changed it meanwhile: what touches other fields is merged, and what touches the same ones is a conflict
// for the person to decide.
import { isProblem, type Product } from "@mostrador/sdk";
import { mostrador } from "../../client.ts";
import { changedFields, draftOf, patchOf, type Draft, type FieldName } from "./draft.ts";

export type Saved = { kind: "saved"; product: Product };
export type Conflict = { kind: "conflict"; theirs: Product; fields: FieldName[] };

const ATTEMPTS = 3;

/** Saves what differs between a draft and the product that it began with. */
export async function save(base: Product, draft: Draft, locale: string): Promise<Saved | Conflict> {
  const before = draftOf(base, locale);
  const mine = changedFields(draft, before);
  const patch = patchOf(draft, mine, base.currency);
  let current = base;
  for (let attempt = 1; ; attempt += 1)
    try {
      return { kind: "saved", product: await mostrador.updateProduct(base.id, patch, { ifMatch: current }) };
    } catch (error) {
      if (!isProblem(error, "precondition-failed") || attempt === ATTEMPTS) throw error;
      current = await mostrador.getProduct(base.id);
      const theirs = draftOf(current, locale);
      const fields = mine.filter(
        (field) => theirs[field] !== before[field] && theirs[field] !== draft[field].trim(),
      );
      if (fields.length > 0) return { kind: "conflict", theirs: current, fields };
    }
}
