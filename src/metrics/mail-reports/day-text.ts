// The text of the daily summary.
import type { Content } from "../../mail/message.ts";
import type { Language } from "../../mail/words.ts";
import type { Tenant } from "../../platform/context.ts";
import { ratio } from "../../values/money.ts";
import type { Day } from "./day.ts";
import { figureLine, formatsOf } from "./formats.ts";

const texts = {
  en: {
    subject: (shop: string, day: string) => `${shop}: ${day}`,
    intro: (day: string, before: string) => `${day}, with the change from ${before}:`,
    revenue: "Revenue",
    sales: "Sales",
    average: "Average sale",
    units: "Units sold",
    refunds: "Refunds",
    products: "Top products by revenue:",
    unitsOf: (units: string, isOne: boolean) => `${units} ${isOne ? "unit" : "units"}`,
    sellers: "Sellers:",
    salesOf: (sales: string, isOne: boolean) => `${sales} ${isOne ? "sale" : "sales"}`,
    differences: "Differences in the drawer:",
    waiting: (orders: string, total: string, isOne: boolean) =>
      `${orders} ${isOne ? "order is" : "orders are"} waiting for payment: ${total}.`,
    low: "Low stock:",
    stock: (stock: string, threshold: string) => `${stock} (threshold ${threshold})`,
    more: "... and more.",
    note: "You receive this email each morning because you turned on the daily summary. You can turn it off in your preferences.",
  },
  es: {
    subject: (shop: string, day: string) => `${shop}: ${day}`,
    intro: (day: string, before: string) => `${day}, con la variación respecto al ${before}:`,
    revenue: "Ingresos",
    sales: "Ventas",
    average: "Venta media",
    units: "Unidades vendidas",
    refunds: "Devoluciones",
    products: "Productos con más ingresos:",
    unitsOf: (units: string, isOne: boolean) => `${units} ${isOne ? "unidad" : "unidades"}`,
    sellers: "Vendedores:",
    salesOf: (sales: string, isOne: boolean) => `${sales} ${isOne ? "venta" : "ventas"}`,
    differences: "Descuadres de caja:",
    waiting: (orders: string, total: string, isOne: boolean) =>
      `${orders} ${isOne ? "pedido está pendiente" : "pedidos están pendientes"} de pago: ${total}.`,
    low: "Pocas existencias:",
    stock: (stock: string, threshold: string) => `${stock} (umbral ${threshold})`,
    more: "... y más.",
    note: "Recibes este correo cada mañana porque has activado el resumen diario. Puedes desactivarlo en tus preferencias.",
  },
};

const changeOf = (now: number, before: number): number | null =>
  before === 0 ? null : ratio((100 * (now - before)) / Math.abs(before));

const titled = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [[title, ...lines].join("\n")];

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The summary of a day in this language, with the amounts of the shop's currency. */
export function dayText(shop: Tenant, language: Language, day: Day): Content {
  const words = texts[language];
  const format = formatsOf(language, shop.currency);
  const { figures, earlier, waiting } = day;
  const [name, before] = [format.weekday(day.day), format.weekday(day.before)];
  const line = (
    label: string,
    field: "total_revenue" | "average_sale" | "sales" | "refunds" | "total_products_sold",
  ) => {
    const isMoney = field === "total_revenue" || field === "average_sale";
    const value = figures[field];
    const shown = isMoney ? format.money(value) : format.number(value);
    return figureLine(format, label, shown, changeOf(value, earlier[field]));
  };
  return {
    subject: words.subject(shop.name, name),
    paragraphs: [
      words.intro(capitalized(name), before),
      [
        line(words.revenue, "total_revenue"),
        line(words.sales, "sales"),
        line(words.average, "average_sale"),
        line(words.units, "total_products_sold"),
        line(words.refunds, "refunds"),
      ].join("\n"),
      ...titled(
        words.products,
        day.products.map(
          ({ title, revenue, units }, index) =>
            `${index + 1}. ${title}: ${format.money(revenue)}, ${words.unitsOf(format.number(units), units === 1)}`,
        ),
      ),
      ...titled(
        words.sellers,
        day.sellers.map(
          ({ name: seller, revenue, orders }) =>
            `${seller}: ${format.money(revenue)}, ${words.salesOf(format.number(orders), orders === 1)}`,
        ),
      ),
      ...titled(
        words.differences,
        day.differences.map(({ name: seller, difference }) => `${seller}: ${format.money(difference)}`),
      ),
      ...(waiting.orders === 0
        ? []
        : [words.waiting(format.number(waiting.orders), format.money(waiting.total), waiting.orders === 1)]),
      ...titled(words.low, [
        ...day.low.map(
          ({ title, sku, stock, threshold }) =>
            `${title} (${sku}): ${words.stock(format.number(stock), format.number(threshold))}`,
        ),
        ...(day.isMoreLow ? [words.more] : []),
      ]),
    ],
    note: words.note,
  };
}
