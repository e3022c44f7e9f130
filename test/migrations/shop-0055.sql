-- What came with the sign-in of devices: a device that the ADMIN has approved, and one that they have denied.
INSERT INTO device_grants (tenant_id, device_code_hash, user_code_hash, client_id, label, network_hash, status, user_id, session_id, interval_s,
    polled_at, collected_at, created_at, expires_at) VALUES
  ('01900000-0000-7000-8000-000000000001', 'a-device-hash', 'a-user-hash', 'till', 'Till 2', 'a-network', 'approved',
    '01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000e9', 5, '2026-11-27T09:00:05.000Z',
    '2026-11-27T09:00:10.000Z', '2026-11-27T09:00:00.000Z', '2026-11-27T09:10:00.000Z'),
  ('01900000-0000-7000-8000-000000000001', 'b-device-hash', 'b-user-hash', 'till', '', 'a-network', 'denied',
    '01900000-0000-7000-8000-0000000000a1', NULL, 5, NULL, NULL, '2026-11-27T09:00:00.000Z', '2026-11-27T09:10:00.000Z');
