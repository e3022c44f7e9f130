// The text of the weekly report.
import type { Content } from "../../mail/message.ts";
import type { Language } from "../../mail/words.ts";
import type { Tenant } from "../../platform/context.ts";
import type { Week } from "./composers.ts";
import { figureLine, formatsOf } from "./formats.ts";

const texts = {
  en: {
    subject: (shop: string, from: string, to: string) => `${shop}: figures from ${from} to ${to}`,
    intro: (from: string, to: string) =>
      `From Monday ${from} to Sunday ${to}, with the change from the week before:`,
    revenue: "Revenue",
    sales: "Sales",
    average: "Average sale",
    units: "Units sold",
    customers: "Customers",
    products: "Top products by revenue:",
    unitsOf: (units: string, isOne: boolean) => `${units} ${isOne ? "unit" : "units"}`,
    goals: (month: string, to: string) => `Goals for ${month}, up to ${to}:`,
    shop: "Shop",
    goal: (revenue: string, target: string, percent: string, expected: string) =>
      `${revenue} of ${target} (${percent}); expected by then: ${expected}`,
    note: "You receive this email on Mondays because you turned on the weekly report. You can turn it off in your preferences.",
  },
  es: {
    subject: (shop: string, from: string, to: string) => `${shop}: cifras del ${from} al ${to}`,
    intro: (from: string, to: string) =>
      `Del lunes ${from} al domingo ${to}, con la variación respecto a la semana anterior:`,
    revenue: "Ingresos",
    sales: "Ventas",
    average: "Venta media",
    units: "Unidades vendidas",
    customers: "Clientes",
    products: "Productos con más ingresos:",
    unitsOf: (units: string, isOne: boolean) => `${units} ${isOne ? "unidad" : "unidades"}`,
    goals: (month: string, to: string) => `Objetivos de ${month}, hasta el ${to}:`,
    shop: "Tienda",
    goal: (revenue: string, target: string, percent: string, expected: string) =>
      `${revenue} de ${target} (${percent}); previsto hasta entonces: ${expected}`,
    note: "Recibes este correo los lunes porque has activado el informe semanal. Puedes desactivarlo en tus preferencias.",
  },
};

/** The report of a week in this language, with the amounts of the shop's currency. */
export function reportText(shop: Tenant, language: Language, week: Week): Content {
  const words = texts[language];
  const format = formatsOf(language, shop.currency);
  const [from, to] = [format.day(week.from), format.day(week.to)];
  return {
    subject: words.subject(shop.name, from, to),
    paragraphs: [words.intro(from, to), keyFigures(), products(), goals()].filter((text) => text !== ""),
    note: words.note,
  };

  function keyFigures(): string {
    const { figures } = week;
    const line = (label: string, value: string, figure: string) =>
      figureLine(format, label, value, figures.change_percent?.[figure]);
    return [
      line(words.revenue, format.money(figures.total_revenue), "total_revenue"),
      line(words.sales, format.number(figures.sales), "sales"),
      line(words.average, format.money(figures.average_sale), "average_sale"),
      line(words.units, format.number(figures.total_products_sold), "total_products_sold"),
      line(words.customers, format.number(figures.customers), "customers"),
    ].join("\n");
  }

  function products(): string {
    if (week.products.length === 0) return "";
    const lines = week.products.map(
      ({ title, revenue, units }, index) =>
        `${index + 1}. ${title}: ${format.money(revenue)}, ${words.unitsOf(format.number(units), units === 1)}`,
    );
    return [words.products, ...lines].join("\n");
  }

  function goals(): string {
    if (!week.goals) return "";
    const { month, sellers, ...ofShop } = week.goals;
    const lines = [{ name: words.shop, ...ofShop }, ...sellers].flatMap(
      ({ name, target, revenue, expected, percent }) =>
        target === null || expected === null || percent === null
          ? []
          : [
              `${name}: ${words.goal(format.money(revenue), format.money(target), format.percent(percent), format.money(expected))}`,
            ],
    );
    return [words.goals(format.month(month), to), ...lines].join("\n");
  }
}
