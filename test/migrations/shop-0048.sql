-- The work of a closed shift, which its migration has left to the sweep.
INSERT INTO shift_days (tenant_id, shift_id, day, user_id, seconds, unpaid_seconds, is_continued)
  SELECT tenant_id, id, day, user_id, 27000, 1800, 0 FROM shifts
  WHERE tenant_id = '01900000-0000-7000-8000-000000000001' AND id = '01900000-0000-7000-8000-0000000000f1';
