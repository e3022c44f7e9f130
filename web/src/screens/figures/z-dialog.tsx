import type { Shift } from "@mostrador/sdk";
import { useQuery } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { useStaffName } from "../../lists/use-people.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { reportWords } from "../../reports/words.ts";
import { ZReport } from "../../reports/z-report.tsx";

/** The Z report of a shift, to read and to print. */
export default function ZDialog({ shift, onClose }: { shift: Shift; onClose: () => void }) {
  const w = useWords(reportWords);
  const f = useFormats();
  const staffName = useStaffName();
  const report = useQuery({
    queryKey: ["shifts", shift.id, "report"],
    queryFn: ({ signal }) => mostrador.getTillReport(shift.id, { signal }),
  });
  const title = shift.z_number === null ? "Z" : w.zName(f.number(shift.z_number));
  return (
    <Dialog title={title} onClose={onClose} className="w-[min(32rem,calc(100vw-2rem))]">
      <Loaded query={report} skeleton={<div className="skeleton h-96" />}>
        {(data) => (
          <>
            <ZReport report={data} person={staffName(shift.user_id)} />
            <div className="mt-4 flex justify-end">
              <Button onClick={() => print()}>{w.print}</Button>
            </div>
          </>
        )}
      </Loaded>
    </Dialog>
  );
}
