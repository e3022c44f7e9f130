import { lazy, Suspense } from "react";
import type { Cart, CartLine } from "./cart.ts";
import type { TillProduct } from "./catalogue.ts";
import { setCart } from "./till-state.ts";
import type { Checkout } from "./use-checkout.ts";

// Loaded once the till is shown, before they are needed.
const loadLine = () => import("./line-dialog.tsx");
const loadDiscount = () => import("./sale-discount-dialog.tsx");
const loadWeigh = () => import("./weigh-dialog.tsx");
const loadCustomer = () => import("./customer-dialog.tsx");
const loadParked = () => import("./parked-dialog.tsx");
const loadApproval = () => import("./approval-dialog.tsx");
const loadReceipt = () => import("../sale/find-receipt.tsx");
const LineDialog = lazy(loadLine);
const SaleDiscountDialog = lazy(loadDiscount);
const WeighDialog = lazy(loadWeigh);
const CustomerDialog = lazy(loadCustomer);
const ParkedDialog = lazy(loadParked);
const ApprovalDialog = lazy(loadApproval);
const FindReceipt = lazy(loadReceipt);

const LOADS = [loadLine, loadDiscount, loadWeigh, loadCustomer, loadParked, loadApproval, loadReceipt];

export function loadDialogs(): void {
  for (const load of LOADS) void load();
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
  return (
    <Suspense fallback={null}>
      <OpenDialog {...props} />
    </Suspense>
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
