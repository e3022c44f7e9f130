import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  erased: {
    events: "shipping_address and device labels are removed from payloads; the lake rebuilds those days",
  },
  retained: { dead_letters: "queue messages: ids only" },
};
