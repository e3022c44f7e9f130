import type { Health } from "@mostrador/sdk";
import { words } from "../../i18n/words.ts";

export const healthWords = words({
  service: { es: "Servicio", en: "Service" },
  asOf: { es: (time: string) => `Comprobado a las ${time}`, en: (time: string) => `Checked at ${time}` },
  notFresh: {
    es: (time: string) =>
      `No se ha podido comprobar desde las ${time}: lo que se ve puede no ser lo de ahora.`,
    en: (time: string) => `Could not be checked since ${time}: this may not be the present state.`,
  },
  ok: { es: "Ningún trabajo espera más de su límite.", en: "No job waits beyond its limit." },
  degraded: {
    es: (jobs: number) =>
      jobs === 1 ? "Un trabajo espera más de su límite." : `${jobs} trabajos esperan más de su límite.`,
    en: (jobs: number) =>
      jobs === 1 ? "One job waits beyond its limit." : `${jobs} jobs wait beyond their limit.`,
  },
  database: { es: "La base de datos responde.", en: "The database responds." },
  scope: {
    es: "Son los trabajos de todo el servidor, no solo los de esta tienda.",
    en: "These are the jobs of the whole server, not only those of this shop.",
  },
  unknown: {
    es: "No se sabe cómo está el servicio",
    en: "The state of the service is not known",
  },
  job: { es: "Trabajo", en: "Job" },
  waiting: { es: "Espera", en: "Waiting" },
  limit: { es: "Límite", en: "Limit" },
  state: { es: "Estado", en: "State" },
  within: { es: "Dentro del límite", en: "Within its limit" },
  late: { es: "Retrasado", en: "Late" },
  nothing: { es: "nada", en: "nothing" },
  seconds: { es: (text: string) => `${text} s`, en: (text: string) => `${text} s` },
  minutes: {
    es: (minutes: string, seconds: string) => `${minutes} min ${seconds} s`,
    en: (minutes: string, seconds: string) => `${minutes} min ${seconds} s`,
  },
  days: { es: (text: string) => `${text} días`, en: (text: string) => `${text} days` },
  checkNow: { es: "Comprobar ahora", en: "Check now" },
});

/** The jobs by the names that the API gives them. */
export const jobWords = words<Record<keyof Health["jobs"], string>>({
  dead_letters: { es: "Eventos que han fallado demasiado", en: "Events that failed too often" },
  minute_jobs_seconds: { es: "Trabajos de cada minuto", en: "Jobs of every minute" },
  hour_jobs_seconds: { es: "Trabajos de cada hora", en: "Jobs of every hour" },
  night_jobs_seconds: { es: "Trabajos de cada noche", en: "Jobs of every night" },
  unsent_event_seconds: { es: "Eventos sin enviar", en: "Events to send" },
  late_delivery_seconds: { es: "Entregas de webhooks", en: "Webhook deliveries" },
  unsent_mail_seconds: { es: "Correos sin enviar", en: "Mails to send" },
  late_refund_seconds: { es: "Devoluciones de pagos", en: "Refunds of payments" },
  late_hold_seconds: {
    es: "Pedidos sin pagar que deben liberar su stock",
    en: "Unpaid orders that must free their stock",
  },
  stalled_import_seconds: { es: "Importaciones sin avanzar", en: "Imports without progress" },
  unindexed_product_seconds: {
    es: "Productos que faltan en el buscador",
    en: "Products missing from the search",
  },
  unbuilt_day_seconds: { es: "Días sin calcular en las cifras", en: "Days missing from the figures" },
  unbuilt_lake_seconds: {
    es: "Días sin exportar al archivo de datos",
    en: "Days missing from the data lake",
  },
  unpurged_event_seconds: { es: "Eventos antiguos sin retirar", en: "Old events to remove" },
  late_erasure_seconds: { es: "Borrados de datos personales", en: "Erasures of personal data" },
  late_merge_seconds: { es: "Fusiones de clientes", en: "Merges of customers" },
});
