import type { User } from "@mostrador/sdk";
import { useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { DataTable, type Column } from "../../lists/data-table.tsx";
import { nameOf, useStaff } from "../../lists/use-people.ts";
import { Avatar, Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useMe } from "../../session/session.ts";
import { PersonDialog } from "./person-dialog.tsx";
import { staffWords } from "./words.ts";

export function PeopleCard() {
  const w = useWords(staffWords);
  const me = useMe();
  const staff = useStaff();
  const [managed, setManaged] = useState<string | null>(null);
  const columns: Column<User>[] = [
    {
      name: w.name,
      cell: (user) => (
        <span className="flex items-center gap-3">
          <Avatar name={nameOf(user)} />
          <span className="min-w-0">
            <span className="block font-medium break-words">
              {nameOf(user)} {user.id === me.id && <Badge tone="brand">{w.you}</Badge>}
              {!user.is_active && (
                <span className="@min-[30rem]:hidden">
                  <Badge>{w.disabled}</Badge>
                </span>
              )}
            </span>
            <span className="block text-xs break-all text-faint">{user.email}</span>
          </span>
        </span>
      ),
    },
    { name: w.role, shown: "hidden @min-[30rem]:table-cell", cell: ({ role }) => w[role] },
    {
      name: w.state,
      shown: "hidden @min-[30rem]:table-cell",
      cell: ({ is_active: isActive }) => (
        <Badge tone={isActive ? "good" : "neutral"}>{isActive ? w.active : w.disabled}</Badge>
      ),
    },
    {
      name: w.actions,
      isNumber: true,
      cell: (user) =>
        user.id === me.id ? null : (
          <Button aria-label={w.manageName(nameOf(user))} onClick={() => setManaged(user.id)}>
            {w.manage}
          </Button>
        ),
    },
  ];
  return (
    <Loaded query={staff} skeleton={<div className="skeleton h-80 rounded-2xl" />}>
      {(users) => {
        const user = users.find(({ id }) => id === managed);
        return (
          <Card isFlush>
            <DataTable caption={w.people} columns={columns} items={users} keyOf={({ id }) => id} />
            {user && <PersonDialog user={user} onClose={() => setManaged(null)} />}
          </Card>
        );
      }}
    </Loaded>
  );
}
