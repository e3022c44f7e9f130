import type { Subscriber } from "../events/after-commit.ts";
import { refundAtProvider } from "./payments/refund-payments.ts";

export const subscribers: Subscriber[] = [{ type: "sale.refunded", run: refundAtProvider }];
