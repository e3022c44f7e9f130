// What settings are stored in: the profile of the shop with its address, and its rules.
import type { ChangedShop, Settings, SettingsPatch, Shop, ShopPatch } from "@mostrador/sdk";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { mostrador, queryClient } from "../../client.ts";
import { startSession } from "../../session/start.ts";
import type { Value, Values } from "./fields.ts";

type Warnings = ChangedShop["warnings"];

export type Resource = {
  /** The fields as they are now. */
  read: () => Promise<object>;
  write: (changes: Values) => Promise<Warnings>;
};

async function patchShop(patch: ShopPatch): Promise<Warnings> {
  const { warnings, ...shop } = await mostrador.updateShop(patch);
  queryClient.setQueryData(["shop"], shop);
  // The session has the name, the currency and the time zone too.
  await startSession();
  return warnings;
}

export const SHOP: Resource = {
  read: () => mostrador.getShop(),
  write: (changes) => patchShop(changes),
};

export const RULES: Resource = {
  read: () => mostrador.getSettings(),
  write: async (changes) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the fields are those of the patch
    queryClient.setQueryData(["settings"], await mostrador.updateSettings(changes as SettingsPatch));
    return [];
  },
};

/** The address as fields of a form, by their JSON pointers without the first slash. */
export function addressValues({ address }: Shop): Values {
  return {
    "address/lines": address?.lines.join("\n") ?? null,
    "address/postal_code": address?.postal_code ?? null,
    "address/city": address?.city ?? null,
    "address/region": address?.region ?? null,
    "address/country": address?.country ?? null,
  };
}

const textOf = (value: Value | undefined): string => (typeof value === "string" ? value : "");

/** The address of such fields; null if all are empty. */
function addressOf(values: Values): ShopPatch["address"] {
  const [lines, code, city, region, country] = ["lines", "postal_code", "city", "region", "country"].map(
    (name) => textOf(values[`address/${name}`]),
  );
  if ([lines, code, city, region].every((text) => !text)) return null;
  return {
    lines: (lines ?? "").split("\n").filter((line) => line.trim() !== ""),
    postal_code: code ?? "",
    city: city ?? "",
    country: country ?? "",
    ...(region && { region }),
  };
}

export const ADDRESS: Resource = {
  read: async () => addressValues(await mostrador.getShop()),
  write: async (changes) => {
    const now = addressValues(await mostrador.getShop());
    return patchShop({ address: addressOf({ ...now, ...changes }) });
  },
};

export const useShop = (): UseQueryResult<Shop> =>
  useQuery({ queryKey: ["shop"], queryFn: ({ signal }) => mostrador.getShop({ signal }) });

export const useRules = (): UseQueryResult<Settings> =>
  useQuery({ queryKey: ["settings"], queryFn: ({ signal }) => mostrador.getSettings({ signal }) });
