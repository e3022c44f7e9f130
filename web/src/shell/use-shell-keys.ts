// The keys that work on every screen: Ctrl/Cmd-K, `?`, and G followed by the letter of a screen.
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useMe } from "../session/session.ts";
import { hasCharacterKeys } from "./character-keys.ts";
import { navigationOf } from "./navigation.ts";

export type Overlay = "palette" | "keys" | null;

const SEQUENCE_MS = 1200;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));

export function useShellKeys(show: (overlay: Overlay) => void): void {
  const navigate = useNavigate();
  const { role } = useMe();
  useEffect(() => {
    let startedAt = -Infinity;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        return show("palette");
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (!hasCharacterKeys()) return;
      if (event.key === "?") return show("keys");
      const isSecond = event.timeStamp - startedAt < SEQUENCE_MS;
      startedAt = event.key === "g" ? event.timeStamp : -Infinity;
      const item = isSecond ? navigationOf(role).find(({ letter }) => letter === event.key) : undefined;
      if (item) void navigate({ to: item.to });
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [navigate, role, show]);
}
