// The mails of the local environment as a page, since no real mail leaves it.
import { html } from "hono/html";
import { htmlPage } from "../platform/html-page.ts";
import type { listFiles } from "./provider.ts";

export const devMailPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'self'";

// Links in the frame cannot leave it, so those of the text do. Every other piece of a split with a group is what the group matched.
const linked = (text: string) =>
  text
    .split(/(https?:\/\/\S+)/)
    .map((piece, index) => (index % 2 === 1 ? html`<a href="${piece}">${piece}</a>` : piece));

const style = `
body { max-width: 720px; margin: 24px auto; padding: 0 16px; font: 16px/1.5 system-ui, sans-serif }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
iframe { width: 100%; height: 480px; border: 1px solid #ccc }
`;

export const devMailPage = (mails: Awaited<ReturnType<typeof listFiles>>) =>
  htmlPage(
    { language: "en", title: "Local mail", style },
    html`${mails.length === 0 ? html`<p>No mail has been sent yet.</p>` : ""}
    ${mails.map(
      (mail) =>
        html`<details>
          <summary>${mail.subject}: ${mail.from} to ${mail.to}</summary>
          <pre>${linked(mail.text)}</pre>
          <iframe title="${mail.subject}" sandbox="" srcdoc="${mail.html}"></iframe>
        </details>`,
    )}`,
  );
