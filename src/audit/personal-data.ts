import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  retained: { audit_log: "ids, field names and roles only; entries never contain personal data" },
};
