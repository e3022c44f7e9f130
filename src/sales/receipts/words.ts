// The texts of a receipt in each language, whatever the region: es-MX has the texts of es.
import type { Unit } from "../../values/quantities.ts";
import type { z } from "zod";

export type Words = {
  receipt: string;
  refund: string;
  /** the title of a refund that voids its sale */
  void: string;
  /** the mark of a sale that was voided */
  voided: string;
  taxId: string;
  seller: string;
  customer: string;
  reason: string;
  refundOf: string;
  listPrice: string;
  discount: string;
  discountsIncluded: string;
  subtotal: string;
  tax: string;
  net: string;
  gross: string;
  exempt: string;
  untaxed: string;
  total: string;
  rounding: string;
  due: string;
  tendered: string;
  change: string;
  refunds: string;
  methods: Record<"cash" | "card" | "transfer" | "other", string>;
};

const LANGUAGES = {
  es: {
    receipt: "Recibo",
    refund: "Devolución",
    void: "Anulación",
    voided: "ANULADO",
    taxId: "Id. fiscal",
    seller: "Le atendió",
    customer: "Cliente",
    reason: "Motivo",
    refundOf: "Devolución de",
    listPrice: "Precio habitual",
    discount: "Descuento",
    discountsIncluded: "Descuentos incluidos",
    subtotal: "Subtotal",
    tax: "Impuestos",
    net: "Base",
    gross: "Total",
    exempt: "exento",
    untaxed: "Sin impuesto",
    total: "TOTAL",
    rounding: "Redondeo",
    due: "A pagar",
    tendered: "Entregado",
    change: "Cambio",
    refunds: "Devoluciones",
    methods: { cash: "Efectivo", card: "Tarjeta", transfer: "Transferencia", other: "Otro medio" },
  },
  en: {
    receipt: "Receipt",
    refund: "Refund",
    void: "Void",
    voided: "VOIDED",
    taxId: "Tax ID",
    seller: "Served by",
    customer: "Customer",
    reason: "Reason",
    refundOf: "Refund of",
    listPrice: "List price",
    discount: "Discount",
    discountsIncluded: "Discounts included",
    subtotal: "Subtotal",
    tax: "Tax",
    net: "Net",
    gross: "Gross",
    exempt: "exempt",
    untaxed: "No tax",
    total: "TOTAL",
    rounding: "Rounding",
    due: "Amount due",
    tendered: "Tendered",
    change: "Change",
    refunds: "Refunds",
    methods: { cash: "Cash", card: "Card", transfer: "Bank transfer", other: "Other" },
  },
  de: {
    receipt: "Beleg",
    refund: "Rückerstattung",
    void: "Storno",
    voided: "STORNIERT",
    taxId: "Steuer-Nr.",
    seller: "Es bediente Sie",
    customer: "Kunde",
    reason: "Grund",
    refundOf: "Rückerstattung zu",
    listPrice: "Listenpreis",
    discount: "Rabatt",
    discountsIncluded: "Enthaltene Rabatte",
    subtotal: "Zwischensumme",
    tax: "Steuern",
    net: "Netto",
    gross: "Brutto",
    exempt: "steuerfrei",
    untaxed: "Ohne Steuer",
    total: "SUMME",
    rounding: "Rundung",
    due: "Zu zahlen",
    tendered: "Gegeben",
    change: "Rückgeld",
    refunds: "Rückerstattungen",
    methods: { cash: "Bar", card: "Karte", transfer: "Überweisung", other: "Sonstige" },
  },
  fr: {
    receipt: "Reçu",
    refund: "Remboursement",
    void: "Annulation",
    voided: "ANNULÉ",
    taxId: "N° fiscal",
    seller: "Servi par",
    customer: "Client",
    reason: "Motif",
    refundOf: "Remboursement de",
    listPrice: "Prix habituel",
    discount: "Remise",
    discountsIncluded: "Remises incluses",
    subtotal: "Sous-total",
    tax: "Taxes",
    net: "HT",
    gross: "TTC",
    exempt: "exonéré",
    untaxed: "Sans taxe",
    total: "TOTAL",
    rounding: "Arrondi",
    due: "À payer",
    tendered: "Remis",
    change: "Rendu",
    refunds: "Remboursements",
    methods: { cash: "Espèces", card: "Carte", transfer: "Virement", other: "Autre" },
  },
  pt: {
    receipt: "Recibo",
    refund: "Devolução",
    void: "Anulação",
    voided: "ANULADO",
    taxId: "Id. fiscal",
    seller: "Atendido por",
    customer: "Cliente",
    reason: "Motivo",
    refundOf: "Devolução de",
    listPrice: "Preço habitual",
    discount: "Desconto",
    discountsIncluded: "Descontos incluídos",
    subtotal: "Subtotal",
    tax: "Impostos",
    net: "Base",
    gross: "Total",
    exempt: "isento",
    untaxed: "Sem imposto",
    total: "TOTAL",
    rounding: "Arredondamento",
    due: "A pagar",
    tendered: "Entregue",
    change: "Troco",
    refunds: "Devoluções",
    methods: { cash: "Dinheiro", card: "Cartão", transfer: "Transferência", other: "Outro" },
  },
  it: {
    receipt: "Ricevuta",
    refund: "Rimborso",
    void: "Annullamento",
    voided: "ANNULLATO",
    taxId: "Id. fiscale",
    seller: "Servito da",
    customer: "Cliente",
    reason: "Motivo",
    refundOf: "Rimborso di",
    listPrice: "Prezzo di listino",
    discount: "Sconto",
    discountsIncluded: "Sconti inclusi",
    subtotal: "Subtotale",
    tax: "Imposte",
    net: "Imponibile",
    gross: "Totale",
    exempt: "esente",
    untaxed: "Senza imposta",
    total: "TOTALE",
    rounding: "Arrotondamento",
    due: "Da pagare",
    tendered: "Consegnato",
    change: "Resto",
    refunds: "Rimborsi",
    methods: { cash: "Contanti", card: "Carta", transfer: "Bonifico", other: "Altro" },
  },
  ca: {
    receipt: "Rebut",
    refund: "Devolució",
    void: "Anul·lació",
    voided: "ANUL·LAT",
    taxId: "Id. fiscal",
    seller: "Us ha atès",
    customer: "Client",
    reason: "Motiu",
    refundOf: "Devolució de",
    listPrice: "Preu habitual",
    discount: "Descompte",
    discountsIncluded: "Descomptes inclosos",
    subtotal: "Subtotal",
    tax: "Impostos",
    net: "Base",
    gross: "Total",
    exempt: "exempt",
    untaxed: "Sense impost",
    total: "TOTAL",
    rounding: "Arrodoniment",
    due: "A pagar",
    tendered: "Lliurat",
    change: "Canvi",
    refunds: "Devolucions",
    methods: { cash: "Efectiu", card: "Targeta", transfer: "Transferència", other: "Altre mitjà" },
  },
} satisfies Record<string, Words>;

/** The symbols of units. A piece has none: its quantity is a bare number. */
export const UNIT_SYMBOLS: Record<z.infer<typeof Unit>, string> = {
  piece: "",
  kg: "kg",
  g: "g",
  l: "l",
  ml: "ml",
  m: "m",
  m2: "m²",
  h: "h",
};

const words = new Map<string, Words>(Object.entries(LANGUAGES));

/**
 * The texts for a shop's locale, their language, and the locale of its numbers and dates. A language without texts gets
 * English ones, and English formats of its region, because texts and formats of two languages do not read together.
 */
export function wordsOf(locale: string): { words: Words; language: string; formats: string } {
  const { language, region, baseName } = new Intl.Locale(locale);
  const texts = words.get(language);
  if (texts) return { words: texts, language, formats: baseName };
  return { words: LANGUAGES.en, language: "en", formats: region === undefined ? "en" : `en-${region}` };
}
