import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";

const MAILS_PER_PAGE = 500;

export const personalData: PersonalData = {
  erased: { mails: "the log of mails to the account's address" },
  exported: {
    mails: {
      tables: ["mails"],
      limit: MAILS_PER_PAGE,
      rows: (
        { tenant_id, email },
        after,
      ) => sql`SELECT id AS key, json_object('kind', kind, 'recipient', recipient, 'status', status,
          'created_at', created_at, 'sent_at', sent_at) AS data
        FROM mails WHERE tenant_id = ${tenant_id} AND recipient = ${email} AND id > ${after}
        ORDER BY id LIMIT CAST(${MAILS_PER_PAGE} AS INTEGER)`,
    },
  },
  withAccount: (tenantId, _userId, email) => [
    sql`DELETE FROM mails WHERE tenant_id = ${tenantId} AND recipient = ${email}`,
  ],
};
