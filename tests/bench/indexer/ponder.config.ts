// One vault's events from the first block. Each address given has its own limit of requests a second, which begins at 20:
// the one node is named often enough for that not to be what is measured.
import { readFileSync } from "node:fs";
import { createConfig } from "ponder";

const { RPC_URL, CHAIN_ID, VAULT, VAULT_ABI } = process.env;
const NAMED = 50;

export default createConfig({
  chains: { local: { id: Number(CHAIN_ID), rpc: Array(NAMED).fill(RPC_URL), disableCache: true } },
  contracts: {
    Vault: {
      chain: "local",
      abi: JSON.parse(readFileSync(VAULT_ABI!, "utf8")),
      address: VAULT as `0x${string}`,
      startBlock: 0,
    },
  },
});
