import { createPortal } from "react-dom";
import { Bars } from "./bars.tsx";
import { barcodeOf } from "./barcode.ts";

/** What is printed instead of the page, on the paper of a receipt: its text, and its number as a barcode by which it is found again. */
export default function Paper({ text, number }: { text: string; number: string | null }) {
  const barcode = number === null ? null : barcodeOf(number);
  return createPortal(
    <div className="paper hidden print:block">
      <pre className="font-mono text-[0.6rem] leading-snug">{text}</pre>
      {barcode && (
        <div className="mx-auto mt-3 h-12 w-56">
          <Bars barcode={barcode} />
        </div>
      )}
    </div>,
    document.body,
  );
}
