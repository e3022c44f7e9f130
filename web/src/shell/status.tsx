import { lazilyOf } from "../lazily.tsx";
import { Background } from "./background.tsx";

const LoadedStatus = lazilyOf(() => import("../offline/in-shell.tsx"), "Status");

/** Whether the shop can be reached, and how many sales are unsent. Until its code is loaded, an empty space of its height. */
export function Status({ isCompact = false }: { isCompact?: boolean }) {
  return (
    <Background fallback={<span className="size-11" />}>
      <LoadedStatus isCompact={isCompact} />
    </Background>
  );
}
