-- A busy day with a timeline, and one whose timeline is being built.
INSERT INTO day_timelines (tenant_id, day, part, totals) VALUES
  ('01900000-0000-7000-8000-000000000001', '2026-04-01', 0, 'H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA==');
INSERT INTO unbuilt_timelines (tenant_id, day, claim) VALUES
  ('01900000-0000-7000-8000-000000000001', '2026-04-02', '01900000-0000-7000-8000-0000000000fe');
