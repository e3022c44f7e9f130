import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  retained: { api_keys: "belongs to the shop; of a person only the id of the ADMIN who created the key" },
};
