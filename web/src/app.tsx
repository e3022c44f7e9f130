import { RouterProvider } from "@tanstack/react-router";
import { Suspense, useEffect, useState } from "react";
import { useWords } from "./i18n/words.ts";
import { lazily } from "./lazily.tsx";
import { Boundary } from "./parts/boundary.tsx";
import { Button } from "./parts/button.tsx";
import { common } from "./i18n/common.ts";
import { ProblemNotice } from "./parts/problem-notice.tsx";
import { Toasts } from "./parts/toasts.tsx";
import { preloadStart, router } from "./router.tsx";
import { useSession } from "./session/session.ts";
import { FORGOTTEN, OPEN_SHOP, SignIn } from "./session/sign-in.tsx";
import { startSession } from "./session/start.ts";
import { sessionWords } from "./session/words.ts";
import { PendingScreen } from "./shell/screen.tsx";
import { useSignOut } from "./shell/use-sign-out.ts";

const ForgottenPassword = lazily(() => import("./session/forgotten-password.tsx"));
const OpenShop = lazily(() => import("./screens/open-shop/open-shop.tsx"));

/** The sign-in form, or the screens of who is signed in. */
export function App() {
  return (
    <>
      <Content />
      <Toasts />
    </>
  );
}

function Content() {
  const session = useSession();
  if (session.status === "starting") return <Starting />;
  if (session.status === "anonymous") return <Anonymous />;
  return session.me.role === "CUSTOMER" ? <CustomerNotice /> : <RouterProvider router={router} />;
}

function Anonymous() {
  const Form = { [OPEN_SHOP]: OpenShop, [FORGOTTEN]: ForgottenPassword }[location.pathname];
  return Form ? (
    <Boundary fallback={(error, retry) => <Failed error={error} onRetry={retry} />}>
      <Suspense fallback={<PendingScreen />}>
        <Form />
      </Suspense>
    </Boundary>
  ) : (
    <SignIn onShown={preloadStart} />
  );
}

function Starting() {
  const w = useWords(common);
  const [error, setError] = useState<unknown>(null);
  const start = (): void => {
    setError(null);
    startSession().catch(setError);
  };
  useEffect(start, []);
  if (error !== null) return <Failed error={error} onRetry={start} />;
  return <div role="status" aria-label={w.loading} className="min-h-dvh" />;
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <main className="mx-auto max-w-xl p-8">
      <ProblemNotice error={error} onRetry={onRetry} />
    </main>
  );
}

/** Customers have accounts too, but no screens here. */
function CustomerNotice() {
  const w = useWords(sessionWords);
  const { signOut } = useWords(common);
  const leave = useSignOut();
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col items-start justify-center gap-4 p-8">
      <h1 className="text-2xl font-semibold">{w.customerTitle}</h1>
      <p className="text-muted">{w.customerText}</p>
      <Button onClick={leave}>{signOut}</Button>
    </main>
  );
}
