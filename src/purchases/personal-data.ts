import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  retained: {
    payments:
      "ids and amounts; the provider holds the ids of shop and sale, and what the buyer entered there is the provider's",
  },
};
