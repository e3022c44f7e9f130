/** The text of a field of a form, as it was typed; empty if there is none. */
export function formText(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === "string" ? value : "";
}
