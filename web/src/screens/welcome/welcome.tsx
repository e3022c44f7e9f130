// The first steps of a new shop: taxes, something to sell, and the first sale. Steps that are done say so.
import { Link } from "@tanstack/react-router";
import { common } from "../../i18n/common.ts";
import { useWords } from "../../i18n/words.ts";
import { linkButton } from "../../parts/link-button.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { useMe } from "../../session/session.ts";
import { Screen } from "../../shell/screen.tsx";
import { TillLink } from "../dashboard/till-link.tsx";
import { ImportLink } from "./import-link.tsx";
import { ProductStep } from "./product-step.tsx";
import { Step } from "./step.tsx";
import { TaxStep } from "./tax-step.tsx";
import { useProgress, type Progress } from "./use-progress.ts";
import { welcomeWords } from "./words.ts";

export default function Welcome() {
  const names = useWords(common);
  const w = useWords(welcomeWords);
  const { shop } = useMe();
  const progress = useProgress();
  return (
    <Screen
      title={names.welcome}
      heading={w.title(shop.name)}
      subtitle={progress.data && isComplete(progress.data) ? w.allDone : w.subtitle}
    >
      <div className="flex max-w-3xl flex-col gap-4">
        <Loaded query={progress} skeleton={<div className="skeleton h-[32rem] rounded-2xl" />}>
          {(data) => <Steps progress={data} />}
        </Loaded>
      </div>
    </Screen>
  );
}

const isComplete = ({ defaultRate, hasProducts, firstSale }: Progress): boolean =>
  defaultRate !== null && hasProducts && firstSale !== null;

function Steps({ progress: { defaultRate, hasProducts, firstSale } }: { progress: Progress }) {
  const w = useWords(welcomeWords);
  const isDone = [defaultRate !== null, hasProducts, firstSale !== null];
  const current = isDone.indexOf(false);
  const of = isDone.length;
  return (
    <>
      <ol className="flex flex-col gap-4">
        <Step
          number={1}
          of={of}
          title={w.taxes}
          done={defaultRate && w.taxesDone(defaultRate.name)}
          isCurrent={current === 0}
        >
          <TaxStep />
        </Step>
        <Step
          number={2}
          of={of}
          title={w.products}
          done={hasProducts ? w.productsDone : null}
          isCurrent={current === 1}
        >
          <ProductStep />
        </Step>
        <Step
          number={3}
          of={of}
          title={w.sale}
          done={firstSale && (firstSale === "made" ? w.saleDone : w.salesImported)}
          isCurrent={current === 2}
        >
          <p className="mb-4 text-muted">{w.saleText}</p>
          <div className="flex flex-wrap gap-2">
            <TillLink />
            <ImportLink />
          </div>
        </Step>
      </ol>
      {current === -1 ? (
        <div className="flex flex-wrap gap-2">
          <TillLink />
          <Link to="/" className={linkButton.secondary}>
            {w.toDashboard}
          </Link>
        </div>
      ) : (
        <p>
          <Link
            to="/"
            className="inline-flex min-h-11 items-center rounded-xl px-4 font-semibold text-muted hover:bg-sunken hover:text-ink"
          >
            {w.later}
          </Link>
        </p>
      )}
    </>
  );
}
