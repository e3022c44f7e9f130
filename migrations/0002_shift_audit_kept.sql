-- The audit of shifts is written once: nobody changes a row or takes it away.
CREATE TRIGGER shift_audit_no_update BEFORE UPDATE ON shift_audit
BEGIN
  SELECT RAISE(ABORT, 'rule: append_only');
END;
--> statement-breakpoint
CREATE TRIGGER shift_audit_no_delete BEFORE DELETE ON shift_audit
BEGIN
  SELECT RAISE(ABORT, 'rule: append_only');
END;
--> statement-breakpoint
-- REPLACE deletes without asking the trigger above.
CREATE TRIGGER shift_audit_no_replace BEFORE INSERT ON shift_audit
WHEN EXISTS (
  SELECT 1 FROM shift_audit WHERE tenant_id = NEW.tenant_id AND shift_id = NEW.shift_id AND id = NEW.id
)
BEGIN
  SELECT RAISE(ABORT, 'rule: append_only');
END;
