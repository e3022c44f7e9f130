// My account: who I am, how I sign in, where I am signed in, and what I am mailed.
import { useQuery } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { setLanguage, useLanguage } from "../../i18n/language.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Segmented } from "../../parts/segmented.tsx";
import { useMe } from "../../session/session.ts";
import { CharacterKeysBox } from "../../shell/character-keys-box.tsx";
import { Screen } from "../../shell/screen.tsx";
import { setTheme, useTheme } from "../../theme.ts";
import { EmailCard, MailsCard, ProfileCard } from "./profile-cards.tsx";
import { PasswordCard, PinCard } from "./secret-cards.tsx";
import { SessionsCard } from "./sessions-card.tsx";
import { accountWords } from "./words.ts";

export default function Account() {
  const names = useWords(common);
  const me = useMe();
  const isAdmin = me.role === "ADMIN";
  const account = useQuery({
    queryKey: ["account"],
    queryFn: ({ signal }) => mostrador.getMyAccount({ signal }),
  });
  return (
    <Screen title={names.account} subtitle={`${me.first_name} ${me.last_name}`}>
      <div className="grid items-start gap-4 @min-[60rem]:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <Loaded query={account} skeleton={<div className="skeleton h-[40rem] rounded-2xl" />}>
            {(user) => (
              <>
                <ProfileCard user={user} />
                <EmailCard user={user} />
                {isAdmin && <MailsCard user={user} />}
              </>
            )}
          </Loaded>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <DeviceCard />
          <PasswordCard />
          {isAdmin && <PinCard />}
          <SessionsCard />
        </div>
      </div>
    </Screen>
  );
}

/** What is chosen on this device only. */
function DeviceCard() {
  const w = useWords(accountWords);
  return (
    <Card title={w.device}>
      <div className="flex flex-wrap gap-4">
        <Segmented
          label={w.language}
          value={useLanguage()}
          options={[
            { value: "es", label: "Español" },
            { value: "en", label: "English" },
          ]}
          onChange={setLanguage}
        />
        <Segmented
          label={w.theme}
          value={useTheme()}
          options={[
            { value: "light", label: w.light },
            { value: "dark", label: w.dark },
            { value: "system", label: w.system },
          ]}
          onChange={setTheme}
        />
        <CharacterKeysBox />
      </div>
    </Card>
  );
}
