import type { Workspace } from "../workspace.ts";
import type { SizedOptions } from "./scale.ts";
export async function benchBusyDay(_: Workspace, __: SizedOptions): Promise<void> {}
