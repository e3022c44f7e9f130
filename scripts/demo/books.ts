// Generates the 300 books of the demo shop as bodies of POST /products, always the same.
import { between, pick, randomOf, shuffled, type Random } from "./random.ts";
import { categories } from "./titles.ts";
import { words } from "./words.ts";

type Language = "es" | "en";

export type Book = {
  sku: string;
  title: string;
  description: string;
  category: string;
  isbn: string;
  /** The ISBN-13, which is the EAN-13 on the cover. */
  barcodes: string[];
  author: string;
  publisher: string;
  language: Language;
  pages: number;
  publication_year: number;
  /** Minor units. */
  price: number;
  stock: number;
  rating: number;
};

const BOOKS_PER_CATEGORY = { es: 20, en: 10 };

/** All books of the demo shop, 20 in Spanish and 10 in English in each of ten categories. */
export function demoBooks(): Book[] {
  const random = randomOf("books");
  const authors = { es: authorsOf(random, "es", 70), en: authorsOf(random, "en", 35) };
  const titles = categories.flatMap((entry) =>
    (["es", "en"] as const).flatMap((language) => {
      const { heads, tails } = entry[language];
      const all = heads.flatMap((head) => tails.map((tail) => `${head} ${tail}`));
      return shuffled(random, all)
        .slice(0, BOOKS_PER_CATEGORY[language])
        .map((title) => ({ title, category: entry.category, language }));
    }),
  );
  return shuffled(random, titles).map(({ title, category, language }, index) => {
    const isbn = isbnOf(language, index);
    return {
      sku: `LM-${String(index + 1).padStart(4, "0")}`,
      title,
      description: `${pick(random, words[language].blurbs)} ${pick(random, words[language].notes)}`,
      category,
      isbn,
      barcodes: [isbn],
      author: pick(random, authors[language]),
      publisher: pick(random, words[language].publishers),
      language,
      pages: between(random, category === "Infantil" ? 24 : 96, category === "Infantil" ? 120 : 640),
      publication_year: between(random, 1988, 2025),
      price: between(random, 7, 34) * 100 + pick(random, [50, 90, 95]),
      stock: between(random, 8, 60),
      rating: between(random, 28, 50) / 10,
    };
  });
}

function authorsOf(random: Random, language: Language, count: number): string[] {
  const { firstNames, lastNames } = words[language];
  const all = firstNames.flatMap((first) => lastNames.map((last) => `${first} ${last}`));
  return shuffled(random, all).slice(0, count);
}

/** An ISBN-13 of the language's group, with its check digit. */
function isbnOf(language: Language, index: number): string {
  const digits = (language === "es" ? "9788499" : "9781999") + String(10_007 + index * 271).padStart(5, "0");
  const sum = digits
    .split("")
    .reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
