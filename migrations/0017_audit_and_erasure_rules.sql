-- The log is written once: nobody changes a row or takes it away.
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'rule: append_only');
END;
--> statement-breakpoint
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'rule: append_only');
END;
--> statement-breakpoint
-- REPLACE deletes without asking the trigger above.
CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE tenant_id = NEW.tenant_id AND id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'rule: append_only');
END;
--> statement-breakpoint
-- Who is erased stays so.
CREATE TRIGGER users_erased BEFORE UPDATE ON users
WHEN OLD.erased_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'rule: erased');
END;
--> statement-breakpoint
-- Nobody is erased who has something open: a shift is ended first, and a purchase waits for its address.
CREATE TRIGGER users_erased_on_shift BEFORE UPDATE OF erased_at ON users
WHEN NEW.erased_at IS NOT NULL AND EXISTS (
  SELECT 1 FROM shifts WHERE tenant_id = OLD.tenant_id AND user_id = OLD.id AND status = 'OPEN'
)
BEGIN
  SELECT RAISE(ABORT, 'rule: erased_on_shift');
END;
--> statement-breakpoint
CREATE TRIGGER users_erased_while_buying BEFORE UPDATE OF erased_at ON users
WHEN NEW.erased_at IS NOT NULL AND EXISTS (
  SELECT 1 FROM sales INDEXED BY sales_unfinished
  WHERE tenant_id = OLD.tenant_id AND status <> 'completed' AND status = 'pending' AND customer_id = OLD.id
)
BEGIN
  SELECT RAISE(ABORT, 'rule: erased_while_buying');
END;
--> statement-breakpoint
-- A device is said by the one row of a login that lives.
UPDATE auth_sessions SET device = NULL WHERE device IS NOT NULL AND (used_at IS NOT NULL OR revoked_at IS NOT NULL);
--> statement-breakpoint
-- The audit of shifts names no devices: what is never changed has no place for the words of a person.
DROP TRIGGER shift_audit_no_update;
--> statement-breakpoint
UPDATE shift_audit SET
  before = json_set(before, '$.sessions', (SELECT json_group_array(json_set(value, '$.device_label', NULL))
    FROM json_each(before, '$.sessions'))),
  after = json_set(after, '$.sessions', (SELECT json_group_array(json_set(value, '$.device_label', NULL))
    FROM json_each(after, '$.sessions')));
--> statement-breakpoint
CREATE TRIGGER shift_audit_no_update BEFORE UPDATE ON shift_audit
BEGIN
  SELECT RAISE(ABORT, 'rule: append_only');
END;
