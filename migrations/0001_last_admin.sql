-- A shop keeps at least one active ADMIN, whatever two of them do to each other at once.
CREATE TRIGGER users_last_admin BEFORE UPDATE OF role, is_active ON users
WHEN OLD.role = 'ADMIN' AND OLD.is_active = 1 AND NOT (NEW.role = 'ADMIN' AND NEW.is_active = 1)
  AND NOT EXISTS (
    SELECT 1 FROM users
    WHERE tenant_id = OLD.tenant_id AND id <> OLD.id AND role = 'ADMIN' AND is_active = 1
  )
BEGIN
  SELECT RAISE(ABORT, 'rule: last_admin');
END;
