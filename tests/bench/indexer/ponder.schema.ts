import { onchainTable } from "ponder";

export const happened = onchainTable("happened", (t) => ({
  id: t.text().primaryKey(),
  name: t.text().notNull(),
  block: t.bigint().notNull(),
  at: t.bigint().notNull(),
  transaction: t.hex().notNull(),
  arguments: t.text().notNull(),
}));
