// The break of the person. Without a network it ends on this device, so that the till can sell, and later on the server.
import { ConnectionError, isProblem, type Me, type Shift } from "@mostrador/sdk";
import { useSyncExternalStore } from "react";
import { mostrador } from "../client.ts";
import { noting } from "../offline/connection.ts";
import { createStore } from "../store.ts";
import { setShift } from "./current.ts";

export type Break = Shift["breaks"][number];

const ENDED_HERE = "mostrador.till.break-ended";

// The id of the break that ended on this device only.
const endedHere = createStore(localStorage.getItem(ENDED_HERE));

function setEndedHere(id: string | null): void {
  if (id === null) localStorage.removeItem(ENDED_HERE);
  else localStorage.setItem(ENDED_HERE, id);
  endedHere.set(id);
}

addEventListener("storage", ({ key, newValue }) => {
  if (key === ENDED_HERE) endedHere.set(newValue);
});

const openBreakOf = (shift: Shift | null | undefined): Break | undefined =>
  shift?.breaks.find(({ end_at }) => end_at === null);

type BreakNow = {
  /** What locks the till. */
  open: Break | undefined;
  /** What has ended here, and not yet on the server. */
  unrecorded: Break | undefined;
};

export function useBreak(shift: Shift | null | undefined): BreakNow {
  const ended = useSyncExternalStore(endedHere.subscribe, endedHere.get);
  const open = openBreakOf(shift);
  return open?.id === ended ? { open: undefined, unrecorded: open } : { open, unrecorded: undefined };
}

async function requestEnd(): Promise<Shift> {
  try {
    return await noting(mostrador.endBreak({ retries: 0 }));
  } catch (error) {
    // It was ended on another device.
    if (!isProblem(error, "no-open-break")) throw error;
    return mostrador.getCurrentShift();
  }
}

/** Ends the break. Returns whether the server has recorded it. */
export async function endBreak(me: Me, { id }: Break): Promise<boolean> {
  try {
    await setShift(me, await requestEnd());
    setEndedHere(null);
    return true;
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    setEndedHere(id);
    return false;
  }
}
