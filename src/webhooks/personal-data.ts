import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  retained: {
    webhook_endpoints: "belongs to the shop",
    webhook_deliveries: "ids; the body is read from the event when it is sent",
  },
};
