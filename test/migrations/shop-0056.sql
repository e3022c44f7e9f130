-- A part of the catalogue that facets have counted.
INSERT INTO product_facets (tenant_id, first_id, products) VALUES
  ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000ff', '[["Poesía","Gloria Fuertes","es",1250,1,1]]');
