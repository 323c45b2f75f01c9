// Every event becomes a row: the least that any index of them does.
import { readFileSync } from "node:fs";
import { ponder } from "ponder:registry";
import { happened } from "ponder:schema";

const abi: { type: string; name: string }[] = JSON.parse(readFileSync(process.env.VAULT_ABI!, "utf8"));
const plain = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);

for (const name of new Set(abi.filter(({ type }) => type === "event").map(({ name }) => name))) {
  ponder.on(`Vault:${name}` as any, async ({ event, context }: any) => {
    await context.db.insert(happened).values({
      id: event.id,
      name,
      block: event.block.number,
      at: event.block.timestamp,
      transaction: event.transaction.hash,
      arguments: JSON.stringify(event.args, plain),
    });
  });
}
