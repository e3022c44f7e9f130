import { lazily } from "../../lazily.tsx";
import { LateDialog } from "../../parts/late-dialog.tsx";
import type { Cart, CartLine } from "./cart.ts";
import type { TillProduct } from "./catalogue.ts";
import { setCart } from "./till-state.ts";
import type { Checkout } from "./use-checkout.ts";

// Loaded once the till is shown, before they are needed.
const LineDialog = lazily(() => import("./line-dialog.tsx"));
const SaleDiscountDialog = lazily(() => import("./sale-discount-dialog.tsx"));
const WeighDialog = lazily(() => import("./weigh-dialog.tsx"));
const CustomerDialog = lazily(() => import("./customer-dialog.tsx"));
const ParkedDialog = lazily(() => import("./parked-dialog.tsx"));
const ApprovalDialog = lazily(() => import("./approval-dialog.tsx"));
const FindReceipt = lazily(() => import("../sale/find-receipt.tsx"));

const DIALOGS = [
  LineDialog,
  SaleDiscountDialog,
  WeighDialog,
  CustomerDialog,
  ParkedDialog,
  ApprovalDialog,
  FindReceipt,
];

export function loadDialogs(): void {
  for (const { preload } of DIALOGS) void preload();
}

/** Which dialog of the till is open. */
export type Opened =
  | { kind: "line"; line: CartLine }
  | { kind: "weigh"; product: TillProduct }
  | { kind: "discount" }
  | { kind: "customer" }
  | { kind: "parked" }
  | { kind: "receipt" };

type TillDialogProps = {
  opened: Opened | null;
  cart: Cart;
  checkout: Checkout;
  onWeighed: (product: TillProduct, quantity: number) => void;
  onClose: () => void;
};

const onChange = (cart: Cart): void => setCart(cart);

/** The open dialog of the till. */
export function TillDialog(props: TillDialogProps) {
  const { opened, checkout, onClose } = props;
  if (!opened && !checkout.asked) return null;
  return (
    <LateDialog onClose={checkout.asked ? checkout.refuse : onClose}>
      <OpenDialog {...props} />
    </LateDialog>
  );
}

function OpenDialog({ opened, cart, checkout, onWeighed, onClose }: TillDialogProps) {
  if (checkout.asked)
    return (
      <ApprovalDialog error={checkout.asked.error} onApprove={checkout.approve} onClose={checkout.refuse} />
    );
  if (!opened) return null;
  if (opened.kind === "line")
    return <LineDialog cart={cart} line={opened.line} onChange={onChange} onClose={onClose} />;
  if (opened.kind === "discount")
    return <SaleDiscountDialog cart={cart} onChange={onChange} onClose={onClose} />;
  if (opened.kind === "receipt") return <FindReceipt onClose={onClose} />;
  if (opened.kind === "parked") return <ParkedDialog onClose={onClose} />;
  if (opened.kind === "customer")
    return (
      <CustomerDialog
        customer={cart.customer}
        onChange={(customer) => setCart({ ...cart, customer })}
        onClose={onClose}
      />
    );
  return (
    <WeighDialog
      product={opened.product}
      onWeighed={(quantity) => {
        onClose();
        onWeighed(opened.product, quantity);
      }}
      onClose={onClose}
    />
  );
}
