import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  retained: {
    lake_days: "days",
    lake_files: "file names; files contain ids only",
    lake_shops: "numbers and days",
  },
};
