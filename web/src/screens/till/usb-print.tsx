import { useMutation, useQuery } from "@tanstack/react-query";
import { queryClient } from "../../client.ts";
import { useWords, words } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { escPos } from "./escpos.ts";
import { choosePrinter, chosenPrinter, sendTo } from "./usb-printer.ts";

const printerWords = words({
  printOn: { es: (name: string) => `Imprimir en ${name}`, en: (name: string) => `Print on ${name}` },
  receiptPrinter: { es: "la impresora de recibos", en: "the receipt printer" },
  connectPrinter: { es: "Conectar una impresora USB", en: "Connect a USB printer" },
  otherPrinter: { es: "Elegir otra impresora USB", en: "Choose another USB printer" },
  printerFault: {
    es: "La impresora no responde. Mira si está encendida y si otro programa la usa.",
    en: "The printer does not respond. Check that it is on and that no other program uses it.",
  },
});

const KEY = ["usb-printer"];

type UsbPrintProps = { text: string; number: string | null; opensDrawer: boolean };

/** Prints on a receipt printer at a USB port, once a person has chosen it. `opensDrawer` also opens the drawer at it. */
export default function UsbPrint({ text, number, opensDrawer }: UsbPrintProps) {
  const w = useWords(printerWords);
  const printer = useQuery({ queryKey: KEY, queryFn: chosenPrinter, staleTime: Infinity });
  const choose = useMutation({
    mutationFn: choosePrinter,
    onSuccess: (chosen) => chosen && queryClient.setQueryData(KEY, chosen),
  });
  const print = useMutation({
    mutationFn: async () => printer.data && sendTo(printer.data, escPos(text, number, opensDrawer)),
  });
  return (
    <>
      {printer.data && (
        <Button isBusy={print.isPending} onClick={() => print.mutate()}>
          {w.printOn(printer.data.productName ?? w.receiptPrinter)}
        </Button>
      )}
      <Button kind="quiet" isBusy={choose.isPending} onClick={() => choose.mutate()}>
        {printer.data ? w.otherPrinter : w.connectPrinter}
      </Button>
      {(print.error ?? choose.error) && (
        <p role="alert" className="text-bad">
          {w.printerFault}
        </p>
      )}
    </>
  );
}
