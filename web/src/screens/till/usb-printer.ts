// A receipt printer at a USB port. Only Chromium lets pages use one, and only after a person has chosen it.
type Endpoint = { endpointNumber: number; direction: "in" | "out"; type: string };
type Alternate = { interfaceClass: number; endpoints: Endpoint[] };
type Interface = { interfaceNumber: number; alternate: Alternate };

export type UsbPrinter = {
  productName?: string;
  opened: boolean;
  configuration: { interfaces: Interface[] } | null;
  open: () => Promise<void>;
  close: () => Promise<void>;
  selectConfiguration: (value: number) => Promise<void>;
  claimInterface: (number: number) => Promise<void>;
  transferOut: (endpoint: number, data: Uint8Array<ArrayBuffer>) => Promise<unknown>;
};

type Usb = {
  getDevices: () => Promise<UsbPrinter[]>;
  requestDevice: (options: { filters: { classCode: number }[] }) => Promise<UsbPrinter>;
};

declare global {
  interface Navigator {
    readonly usb?: Usb;
  }
}

const PRINTER_CLASS = 7;

/** The printer that was chosen before; null without one. */
export const chosenPrinter = async (): Promise<UsbPrinter | null> =>
  (await navigator.usb?.getDevices())?.[0] ?? null;

/** Lets the person choose a printer; null if they choose none. */
export async function choosePrinter(): Promise<UsbPrinter | null> {
  try {
    return (await navigator.usb?.requestDevice({ filters: [{ classCode: PRINTER_CLASS }] })) ?? null;
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return null;
    throw error;
  }
}

/** Sends bytes to a printer. @throws DOMException if it is off, or another program has it */
export async function sendTo(printer: UsbPrinter, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await printer.open();
  try {
    if (printer.configuration === null) await printer.selectConfiguration(1);
    const found = printer.configuration?.interfaces.find(
      ({ alternate }) => alternate.interfaceClass === PRINTER_CLASS,
    );
    const out = found?.alternate.endpoints.find(
      ({ direction, type }) => direction === "out" && type === "bulk",
    );
    if (!found || !out) throw new DOMException("The device takes no print data.", "NotSupportedError");
    await printer.claimInterface(found.interfaceNumber);
    await printer.transferOut(out.endpointNumber, bytes);
  } finally {
    await printer.close();
  }
}
