import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = { retained: { tax_rates: "belongs to the shop" } };
