import { Suspense, type ReactNode } from "react";
import { common } from "../i18n/common.ts";
import { useWords } from "../i18n/words.ts";
import { Boundary } from "./boundary.tsx";
import { Dialog } from "./dialog.tsx";
import { ProblemNotice } from "./problem-notice.tsx";

/** Around a dialog whose code is loaded when it opens. If it cannot be shown, a dialog says so and tries again. */
export function LateDialog({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const w = useWords(common);
  return (
    <Boundary
      fallback={(error, retry) => (
        <Dialog title={w.cardFailed} onClose={onClose}>
          <ProblemNotice error={error} onRetry={retry} />
        </Dialog>
      )}
    >
      <Suspense fallback={null}>{children}</Suspense>
    </Boundary>
  );
}
