// Where the payment provider sends a customer who has paid by a link. It knows nothing of the order: the webhook reports the payment.
import { html } from "hono/html";
import { router } from "../../http/validation.ts";

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

const headers = {
  "content-type": "text/html; charset=UTF-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  "referrer-policy": "no-referrer",
};

paidPage.get("/paid", async (c) => {
  const language = /^\s*es\b/i.test(c.req.header("accept-language") ?? "") ? "es" : "en";
  const { title, text } = texts[language];
  const page = await html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          :root {
            color-scheme: light dark;
          }
          body {
            font:
              1rem/1.5 system-ui,
              sans-serif;
            max-width: 26rem;
            margin: 10vh auto;
            padding: 0 1rem;
          }
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p>${text}</p>
        </main>
      </body>
    </html>`;
  return c.body(page.toString(), 200, headers);
});
