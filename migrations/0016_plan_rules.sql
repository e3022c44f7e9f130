-- The plans that QUOTA_PLANS has figures for. A new one comes into both.
CREATE TRIGGER tenants_plan_known BEFORE UPDATE OF plan ON tenants
WHEN NEW.plan NOT IN ('trial', 'standard', 'large')
BEGIN
  SELECT RAISE(ABORT, 'rule: tenants_plan');
END;
--> statement-breakpoint
CREATE TRIGGER tenants_plan_known_first BEFORE INSERT ON tenants
WHEN NEW.plan NOT IN ('trial', 'standard', 'large')
BEGIN
  SELECT RAISE(ABORT, 'rule: tenants_plan');
END;
