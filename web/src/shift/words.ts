import { words } from "../i18n/words.ts";

export const breakWords = words({
  onBreak: { es: "En pausa", en: "On a break" },
  since: { es: (time: string) => `Desde las ${time}`, en: (time: string) => `Since ${time}` },
  paid: { es: "Pausa pagada", en: "Paid break" },
  unpaid: { es: "Pausa sin pagar", en: "Unpaid break" },
  locked: { es: "La caja está bloqueada mientras dura.", en: "The till is locked meanwhile." },
  end: { es: "Terminar la pausa", en: "End the break" },
  endedOffline: {
    es: "Pausa terminada. Se anotará en cuanto haya conexión.",
    en: "Break ended. It is recorded as soon as there is a connection.",
  },
});
