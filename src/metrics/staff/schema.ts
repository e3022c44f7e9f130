import { z } from "@hono/zod-openapi";
import { Id } from "../../values/ids.ts";
import {
  amount,
  comparable,
  comparedRange,
  comparedWith,
  count,
  currency,
  tenant,
  units,
  withChanges,
} from "../comparison/schema.ts";

export const DashboardQuery = comparable(z.strictObject({ ...comparedRange, tenant }));

export const SellerDashboard = z
  .object({
    title: z.string(),
    currency,
    totals: z
      .object({
        employees: z.int().openapi({ description: "active staff" }),
        on_shift: z.int().openapi({ description: "staff with an open shift now" }),
        ...withChanges("StaffFigures", {
          hours: z.number(),
          orders: count.openapi({
            description:
              "number of sales of the shop, including those without a seller; with `employees_see: own`, of the EMPLOYEE",
          }),
          revenue: amount,
        }),
      })
      .openapi("StaffTotals"),
    sellers: z.array(
      z
        .object({
          user_id: Id,
          name: z.string(),
          role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]).openapi("Role"),
          ...withChanges("SellerFigures", {
            orders: count.openapi({ description: "number of sales, without refunds" }),
            units,
            revenue: amount,
            average_sale: amount,
            hours: z.number().openapi({
              description:
                "hours worked within the range, without unpaid breaks; an open shift counts up to now",
              example: 37.5,
            }),
            sales_per_hour: z.number().nullable().openapi({
              description:
                "sales made on shift per hour worked, with two decimals; null below one minute of work",
              example: 4.25,
            }),
          }),
          on_shift: z.boolean().openapi({ description: "whether they have an open shift now" }),
          status: z.enum(["working", "on_break", "off", "disabled"]).openapi("SellerStatus"),
        })
        .openapi("Seller"),
    ),
    compared_with: comparedWith,
  })
  .openapi("SellerDashboard");
