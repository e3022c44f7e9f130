// A quantity that changes is sent at once, without leaving the page: the focus stays where it is.

const controlsOf = (root: ParentNode): HTMLElement[] => [
  ...root.querySelectorAll<HTMLElement>("main :is(a, button, input:not([type=hidden]))"),
];

/** Shows the page that answers a form. */
function show(page: Document): void {
  const at = controlsOf(document).findIndex((control) => control === document.activeElement);
  document.querySelector("main")?.replaceChildren(...(page.querySelector("main")?.childNodes ?? []));
  document.querySelector(".cart-link")?.replaceWith(...page.querySelectorAll(".cart-link"));
  if (at >= 0) controlsOf(document)[at]?.focus();
}

export function updateOnChange(): void {
  let latest = 0;
  // One after the other, so that the last quantity wins.
  let queue = Promise.resolve();
  const send = async (form: HTMLFormElement, number: number): Promise<void> => {
    if (number !== latest || !form.isConnected) return;
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.set(name, value);
    const response = await fetch(form.action, { method: "POST", body: fields }).catch(() => null);
    const text = await response?.text().catch(() => undefined);
    if (number !== latest) return;
    if (text === undefined) form.requestSubmit();
    else show(new DOMParser().parseFromString(text, "text/html"));
  };
  document.addEventListener("change", ({ target }) => {
    const form = target instanceof HTMLInputElement ? target.form : null;
    if (!form?.matches("[data-submit-on-change]") || !form.reportValidity()) return;
    latest += 1;
    const number = latest;
    queue = queue.then(() => send(form, number));
  });
}
