-- A correction leaves the shifts of one person apart: two may touch. A shift that is started begins now, after all others.
CREATE TRIGGER shifts_overlap BEFORE UPDATE OF start_at, end_at ON shifts
WHEN OLD.status = 'CLOSED' AND NEW.status = 'CLOSED' AND EXISTS (
  SELECT 1 FROM shifts
  WHERE tenant_id = OLD.tenant_id AND user_id = OLD.user_id AND id <> OLD.id
    AND start_at < NEW.end_at AND (end_at IS NULL OR end_at > NEW.start_at)
)
BEGIN
  SELECT RAISE(ABORT, 'rule: shift_overlap');
END;
