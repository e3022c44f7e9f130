/** The columns of a receipt on paper of 80 mm. */
export const RECEIPT_COLUMNS = 42;
