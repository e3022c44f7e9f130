import { common } from "../../i18n/common.ts";
import { useWords } from "../../i18n/words.ts";

/** The cards of the dashboard while their figures load, in their final sizes. */
export function DashboardSkeleton() {
  const { loading } = useWords(common);
  return (
    <div role="status" aria-label={loading} className="flex flex-col gap-4">
      <div className="grid grid-cols-1 gap-3 @min-[18rem]:grid-cols-2 @min-[40rem]:grid-cols-3 @min-[58rem]:grid-cols-6">
        {["a", "b", "c", "d", "e", "f"].map((key) => (
          <div key={key} className="skeleton h-[7.6rem] rounded-2xl" />
        ))}
      </div>
      <div className="grid gap-4 @min-[58rem]:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex flex-col gap-4">
          <div className="skeleton h-[24rem] rounded-2xl" />
          <div className="skeleton h-[19rem] rounded-2xl" />
        </div>
        <div className="skeleton h-[24rem] rounded-2xl" />
      </div>
    </div>
  );
}
