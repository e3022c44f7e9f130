import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  erased: {
    users: "e-mail, names, password and preferences are replaced; the row, the role and the dates stay",
    auth_sessions:
      "sessions end and their device texts are removed; token hashes are deleted when they expire",
  },
  retained: { tenants: "belongs to the shop" },
};
