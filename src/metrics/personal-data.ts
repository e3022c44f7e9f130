import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  retained: { goals: "targets of the shop, and those of sellers by id" },
};
