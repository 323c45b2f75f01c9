// A peer of `scripts/bench decode`: decodes with viem, as often as it is asked, and says what it took.
// Reads lines of JSON. The first one: the functions by selector, and works, each a list of calldata; it answers what each
// decodes to. Then, line by line, the number of a work and how often; it answers with microseconds of processor time.
import { createInterface } from "node:readline";
import { decodeFunctionData, parseAbi } from "../../scripts/node/node_modules/viem/_esm/index.js";

let works;

function plain(value) {
  if (typeof value === "bigint") return `${value}`;
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === "object") return Object.values(value).map(plain);
  return typeof value === "number" ? `${value}` : value;
}

function decode(parts) {
  for (const part of parts) decodeFunctionData(part);
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let answer;
  if (works === undefined) {
    // The ABI of each part has its own function only, which spares viem a search.
    const abis = Object.fromEntries(Object.entries(asked.abis).map(([selector, abi]) => [selector, parseAbi(abi)]));
    works = asked.works.map((parts) => parts.map((data) => ({ abi: abis[data.slice(0, 10)], data })));
    answer = works.map((parts) => parts.map((part) => plain(decodeFunctionData(part).args)));
  } else {
    const [work, times] = asked;
    const begin = process.cpuUsage();
    for (let i = 0; i < times; i++) decode(works[work]);
    const { user, system } = process.cpuUsage(begin);
    answer = user + system;
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
