-- The full-text index: a row a product, under the product's rowid, of tokens alone (src/catalog/search/documents.ts says
-- which). Tokens begin with eight characters of the shop's id: the prefix indexes are of two and three letters after it.
CREATE VIRTUAL TABLE `product_search` USING fts5(title, author, details, description, codes, stems, near, near_description, starts, marks,
  content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='10 11');
