import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";

const MAILS_PER_PAGE = 500;

export const personalData: PersonalData = {
  erased: {
    mails:
      "the log of mails about the account and its sales, and to its addresses, present and past, and those of its customer record",
    mail_bounces: "the marks of these addresses",
  },
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
  notExported: {
    mail_bounces: "that an address does not accept mails, which the shop learns from its provider",
  },
  withAccount: (tenantId, userId, email) => {
    // A customer without an account has an address in their record only, and so has each record that was merged into it.
    const addresses = sql`(SELECT ${email} UNION ALL SELECT email FROM customers WHERE tenant_id = ${tenantId} AND id = ${userId}
      UNION ALL SELECT email FROM customers INDEXED BY customers_merged WHERE tenant_id = ${tenantId} AND merged_into = ${userId})`;
    // Each address that the account had got a notice of the change, which also tells until when: somebody else may have it since.
    const isNotice = sql`changed.tenant_id = ${tenantId} AND changed.subject_id = ${userId} AND changed.kind = 'email.changed'`;
    const earlierMails = sql`(SELECT m.id FROM mails changed CROSS JOIN mails m INDEXED BY mails_recipient
        ON m.tenant_id = changed.tenant_id AND m.recipient = changed.recipient AND m.id <= changed.id WHERE ${isNotice})`;
    return [
      // The mark of an address that somebody else has since returns when a mail to them bounces.
      sql`DELETE FROM mail_bounces WHERE tenant_id = ${tenantId}
        AND recipient IN (SELECT changed.recipient FROM mails changed WHERE ${isNotice})`,
      sql`DELETE FROM mails WHERE tenant_id = ${tenantId} AND id IN ${earlierMails}`,
      sql`DELETE FROM mails WHERE tenant_id = ${tenantId} AND subject_id = ${userId}`,
      sql`DELETE FROM mails WHERE tenant_id = ${tenantId} AND recipient IN ${addresses}`,
      sql`DELETE FROM mail_bounces WHERE tenant_id = ${tenantId} AND recipient IN ${addresses}`,
    ];
  },
};
