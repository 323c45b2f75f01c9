// What a group was asked to sign: the request read again, and its EIP-712 digest made with noble's Keccak.
import { addressOf, bytes, hex, join, keccak, text, word } from "./noble.mjs";

const CALL = "Call(address target,uint256 value,bytes data)";
const OPERATION = "Operation(Call[] calls,uint16 lane,uint32 sequence,uint40 approveBy)";
const TYPES = {
  Approve: "Approve(Operation operation,uint64 publication)" + CALL + OPERATION,
  Expedite: "Expedite(Operation operation,uint64 publication,uint40 readyAt)" + CALL + OPERATION,
  Veto: "Veto(bytes32 id)",
  Withdraw: "Withdraw(bytes32 id,uint64 publication)",
  SuspendSelf: "SuspendSelf(uint8 seat,uint32 epoch)",
  RegisterGroup: "RegisterGroup(address group,uint256 roles,uint256[3] holders)",
};
const DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
const typed = (words) => keccak(text(words));
const struct = (type, ...words) => keccak(join(typed(type), ...words));

/// Numbers as they are written, so that none is rounded: each becomes {number: "..."}.
function parse(request) {
  const marked = request.replace(/(?<=[:[,])(0|-?[1-9][0-9]*)(?=[,\]}])/g, '{"number":"$1"}');
  return JSON.parse(marked);
}

/// A number that stands there as one, below 2^bits.
function plain(value, bits) {
  if (typeof value?.number !== "string") throw new Error("a number is missing");
  return bounded(BigInt(value.number), bits);
}

function bounded(value, bits) {
  if (value < 0n || value >= 1n << BigInt(bits)) throw new Error("a number is out of range");
  return value;
}

function address(value) {
  if (!/^0x[0-9a-fA-F]{40}$/.test(value)) throw new Error("an address is none");
  const small = value.slice(2).toLowerCase(), sums = hex(typed(small));
  const right = [...small].map((c, i) => (parseInt(sums[i], 16) >= 8 ? c.toUpperCase() : c)).join("");
  if ("0x" + right !== value) throw new Error("the checksum of an address is wrong");
  return bytes(small);
}

const data = (value) => {
  if (!/^0x([0-9a-f]{2})*$/.test(value)) throw new Error("the data of a call is not hex");
  return bytes(value.slice(2));
};

const decimal = (value) => {
  if (!/^(0|[1-9][0-9]*)$/.test(value)) throw new Error("the value of a call is no number");
  return bounded(BigInt(value), 256);
};

const publication = (value) => {
  if (!/^0x[0-9a-f]{16}$/.test(value)) throw new Error("its publication is none");
  return BigInt(value);
};

function operationId(operation) {
  const { calls, lane, sequence, approve_by: approveBy } = operation;
  if (!Array.isArray(calls)) throw new Error("its calls are missing");
  if (Object.keys(operation).sort().join() !== "approve_by,calls,lane,sequence") throw new Error("its operation says something more");
  const hashes = calls.map((call) => {
    if (call.length !== 3) throw new Error("a call is none");
    const [target, value, written] = call;
    return struct(CALL, pad(address(target)), word(decimal(value)), keccak(data(written)));
  });
  const words = [plain(lane, 16), plain(sequence, 32), plain(approveBy, 40)].map(word);
  return struct(OPERATION + CALL, keccak(join(...hashes)), ...words);
}

const pad = (short) => join(new Uint8Array(32 - short.length), short);

function packed(persons) {
  const numbers = persons.map((each) => plain(each, 32));
  if (!numbers.length || numbers.length > 20 || numbers.some((each, i) => each <= (i ? numbers[i - 1] : 0n))) {
    throw new Error("its persons do not grow, or are too many");
  }
  const words = [0n, 0n, 0n];
  numbers.forEach((person, i) => { words[Math.floor(i / 8)] |= person << BigInt((i % 8) * 32); });
  return keccak(join(...words.map(word)));
}

/// The fields of each purpose, beside `for`, `chain`, `vault` and `version`.
const FIELDS = {
  Approve: ["operation", "publication"], Expedite: ["operation", "publication", "ready_at"],
  Veto: ["operation", "publication"], Withdraw: ["operation", "publication"],
  SuspendSelf: ["epoch", "seat"], RegisterGroup: ["persons", "roles"],
};

function structOf(found, key) {
  const type = TYPES[found.for];
  switch (found.for) {
    case "Approve": return struct(type, operationId(found.operation), word(publication(found.publication)));
    case "Expedite":
      return struct(type, operationId(found.operation), word(publication(found.publication)), word(plain(found.ready_at, 40)));
    case "Veto": publication(found.publication); return struct(type, operationId(found.operation));
    case "Withdraw": return struct(type, operationId(found.operation), word(publication(found.publication)));
    case "SuspendSelf": return struct(type, word(plain(found.seat, 6)), word(plain(found.epoch, 32)));
    default: return struct(type, pad(addressOf(key)), word(plain(found.roles, 6)), packed(found.persons));
  }
}

/// JSON as it may be written: keys in alphabetical order, no spaces.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value?.number === "string") return value.number;
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

/// What a request says in words, and the digest that it makes for a group's key. Throws where it is none.
export function readRequest(request, key) {
  const written = Buffer.from(request).toString("latin1"), found = parse(written);
  const names = ["chain", "for", "vault", "version", ...(FIELDS[found.for] ?? [])].sort();
  if (!TYPES[found.for] || plain(found.version, 8) !== 1n || names.join() !== Object.keys(found).sort().join()) {
    throw new Error("it is no request to a group");
  }
  if (canonical(found) !== written) throw new Error("it is not written in the one way in which it may be");
  const vault = address(found.vault), chain = plain(found.chain, 64);
  const domain = struct(DOMAIN, typed("Fourth Signer"), typed("1"), word(chain), pad(vault));
  const digest = keccak(join(bytes("1901"), domain, structOf(found, key)));
  const about = found.operation
    ? ` of operation ${found.operation.sequence.number} in lane ${found.operation.lane.number}, ` +
      `${found.operation.calls.length} call${found.operation.calls.length === 1 ? "" : "s"}`
    : "";
  // Of one lane and sequence there may be several, of which one is read and another signed.
  const named = found.operation ? `, id 0x${hex(operationId(found.operation))}` : "";
  return { digest, words: `${found.for}${about}, for the vault ${found.vault} on chain ${chain}${named}` };
}
