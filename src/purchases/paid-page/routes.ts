// Where the payment provider sends a customer who has paid by a link. It knows nothing of the order: the webhook reports the payment.
import { html } from "hono/html";
import { pageResponse, preferredLanguage } from "../../http/pages.ts";
import { htmlPage } from "../../platform/html-page.ts";
import { router } from "../../http/validation.ts";
import { languageOf } from "../../mail/words.ts";

export const paidPage = router();

const texts = {
  en: {
    title: "Thank you",
    text: "Your payment has been made. The shop will see it within minutes, and you can close this page.",
  },
  es: {
    title: "Gracias",
    text: "Has realizado el pago. La tienda lo verá en unos minutos; ya puedes cerrar esta página.",
  },
};

paidPage.get("/paid", (c) => {
  const language = languageOf(preferredLanguage(c) ?? "en");
  const { title, text } = texts[language];
  return pageResponse(htmlPage({ language, title }, html`<p>${text}</p>`));
});
