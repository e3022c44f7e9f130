import type { ReactNode } from "react";
import { createPortal } from "react-dom";
import { Bars } from "./bars.tsx";
import { barcodeOf } from "./barcode.ts";

type PaperProps = {
  text: string;
  number: string | null;
  /** What prints. It appears with the paper: before that, the page itself would be printed. */
  children: ReactNode;
};

/** What is printed instead of the page, on the paper of a receipt: its text, and its number as a barcode by which it is found again. */
export default function Paper({ text, number, children }: PaperProps) {
  const barcode = number === null ? null : barcodeOf(number);
  const paper = createPortal(
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
  return (
    <>
      {paper}
      {children}
    </>
  );
}
