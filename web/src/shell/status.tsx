import { lazily } from "../lazily.tsx";
import { Background } from "./background.tsx";

const LoadedStatus = lazily<{ isCompact?: boolean }>(() =>
  import("../offline/in-shell.tsx").then(({ Status }) => ({ default: Status })),
);

/** Whether the shop can be reached, and how many sales are unsent. Until its code is loaded, an empty space of its height. */
export function Status({ isCompact = false }: { isCompact?: boolean }) {
  return (
    <Background fallback={<span className="size-11" />}>
      <LoadedStatus isCompact={isCompact} />
    </Background>
  );
}
