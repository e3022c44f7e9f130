const EVERY_MS = 5000;

/** While an order is pending, looks for its newest state, and shows it when it has changed. */
export function followOrder(): void {
  const order = document.querySelector<HTMLElement>("#order[data-status=pending]");
  if (order === null) return;
  const update = async (): Promise<void> => {
    if (document.hidden) return;
    const response = await fetch(location.href).catch(() => null);
    if (!response?.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const current = page.querySelector<HTMLElement>("#order");
    if (current === null || current.dataset["status"] === order.dataset["status"]) return;
    clearInterval(timer);
    // The live region stays, so that its new text is read aloud.
    order.querySelector(".steps")?.replaceWith(...current.querySelectorAll(".steps"));
    order
      .querySelector("[role=status]")
      ?.replaceChildren(...(current.querySelector("[role=status]")?.childNodes ?? []));
    order.dataset["status"] = current.dataset["status"];
  };
  const timer = setInterval(() => void update(), EVERY_MS);
}
