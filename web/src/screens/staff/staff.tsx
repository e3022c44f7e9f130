// The people of the shop, their hours and their shifts.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { mostrador } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useWords } from "../../i18n/words.ts";
import { live } from "../../live.ts";
import { Button } from "../../parts/button.tsx";
import { LockIcon, PlusIcon } from "../../parts/icons.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Segmented } from "../../parts/segmented.tsx";
import { Screen } from "../../shell/screen.tsx";
import { ShiftCard } from "../dashboard/shift-card.tsx";
import { HoursSection } from "./hours-section.tsx";
import { InvitationsCard } from "./invitations-card.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { PeopleCard } from "./people-card.tsx";
import { PinDialog } from "./pin-dialog.tsx";
import { STAFF_TABS, staffSearch } from "./search.ts";
import { ShiftsSection } from "./shifts-section.tsx";
import { staffWords } from "./words.ts";

export default function Staff() {
  const names = useWords(common);
  const w = useWords(staffWords);
  const search = useSearch({ from: "/staff" });
  const navigate = useNavigate({ from: "/staff" });
  const [open, setOpen] = useState<"invite" | "pin" | null>(null);
  const { tab = "people" } = search;
  return (
    <Screen
      title={names.staff}
      actions={
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setOpen("pin")}>
            <LockIcon />
            {w.myPin}
          </Button>
          <Button kind="primary" onClick={() => setOpen("invite")}>
            <PlusIcon />
            {w.invite}
          </Button>
        </div>
      }
    >
      <div className="mb-4">
        <Segmented
          label={w.sections}
          value={tab}
          options={STAFF_TABS.map((value) => ({ value, label: w[value] }))}
          onChange={(value) => void navigate({ search: staffSearch({ ...search, tab: value }) })}
        />
      </div>
      {tab === "people" && <PeopleSection />}
      {tab === "hours" && <HoursSection />}
      {tab === "shifts" && <ShiftsSection />}
      {open === "invite" && <InviteDialog onClose={() => setOpen(null)} />}
      {open === "pin" && <PinDialog onClose={() => setOpen(null)} />}
    </Screen>
  );
}

function PeopleSection() {
  const onShift = useQuery({
    queryKey: ["shifts", "active"],
    queryFn: ({ signal }) => mostrador.listActiveShifts({ signal }),
    ...live,
  });
  return (
    <div className="grid items-start gap-4 @min-[60rem]:grid-cols-[minmax(0,1fr)_20rem]">
      <PeopleCard />
      <div className="flex min-w-0 flex-col gap-4">
        <Loaded query={onShift} skeleton={<div className="skeleton h-32 rounded-2xl" />}>
          {({ data }) => <ShiftCard people={data} alerts={null} />}
        </Loaded>
        <InvitationsCard />
      </div>
    </div>
  );
}
