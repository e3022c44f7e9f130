// What the demo shop sells beside books: gifts by the piece, and tea and coffee by weight.

export type Goods = {
  sku: string;
  title: string;
  description: string;
  category: string;
  unit: "piece" | "kg";
  /** Minor units of the currency, for a piece or a kilogram. */
  price: number;
  /** Pieces or kilograms. */
  stock: number;
  /** EAN-13. Those from 952 are for demonstrations; those from 21 are printed by the scale, with the weight in the last digits. */
  barcodes: string[];
  /** The name of a tax rate; without one the default rate applies. */
  tax?: string;
};

const GIFTS = "Regalos";
const TEA_AND_COFFEE = "Té y café";
const FOOD_TAX = "IVA 10 %";

/** The products of the demo shop that are not books. */
export const demoGoods = (): Goods[] => [
  {
    sku: "REG-BOLSA",
    title: "Bolsa de tela",
    description: "De algodón, con el logotipo de la librería.",
    category: GIFTS,
    unit: "piece",
    price: 1250,
    stock: 40,
    barcodes: ["9520000000011"],
  },
  {
    sku: "REG-TAZA",
    title: "Taza de la librería",
    description: "De cerámica, 350 ml.",
    category: GIFTS,
    unit: "piece",
    price: 995,
    stock: 24,
    barcodes: ["9520000000028"],
  },
  {
    sku: "REG-MARCA",
    title: "Marcapáginas magnético",
    description: "Se sujeta a la página sin dañarla.",
    category: GIFTS,
    unit: "piece",
    price: 350,
    stock: 120,
    barcodes: ["9520000000035"],
  },
  {
    sku: "TE-EARL",
    title: "Té negro Earl Grey, a granel",
    description: "Con bergamota. Se vende al peso.",
    category: TEA_AND_COFFEE,
    unit: "kg",
    price: 4800,
    stock: 4.25,
    barcodes: ["2100042000001"],
    tax: FOOD_TAX,
  },
  {
    sku: "TE-MENTA",
    title: "Té verde con menta, a granel",
    description: "Hojas enteras. Se vende al peso.",
    category: TEA_AND_COFFEE,
    unit: "kg",
    price: 5200,
    stock: 3.6,
    barcodes: ["2100043000000"],
    tax: FOOD_TAX,
  },
  {
    sku: "CAFE-GRANO",
    title: "Café en grano, tueste natural",
    description: "Se vende al peso y se muele en la tienda.",
    category: TEA_AND_COFFEE,
    unit: "kg",
    price: 2800,
    stock: 6.5,
    barcodes: ["2100044000009"],
    tax: FOOD_TAX,
  },
];
