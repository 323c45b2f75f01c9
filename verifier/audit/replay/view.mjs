// One party's records: its envelopes in the order in which they came and went, each with what the records say became of it.
import { bytes, hex } from "./noble.mjs";
import { open, who } from "./envelope.mjs";

export const KNOWN = new Set(
  ["begun", "sent", "received", "refused", "lied", "excluded", "decided", "epoch", "ended", "failed", "rules"],
);
const BY_SENDER = "its signature share is wrong";
const listOf = (some) => (Array.isArray(some) ? some : []);
/// The name of a session, 64 digits; null where a record has none.
const sessionOf = (written) => (typeof written === "string" && /^0x[0-9a-f]{64}$/.test(written) ? written.slice(2) : null);
const unhex = (written) => {
  const text = String(written ?? "").replace(/^0x/, "");
  return /^([0-9a-f]{2})*$/.test(text) ? bytes(text) : null;
};

/// Whose a record is by its own words: `the coordinator`, or `holder 3 (Ann)`; null where it does not say.
function namedIn(note) {
  const found = /^(?:(the coordinator)$|holder ([1-9][0-9]{0,2}) \()/.exec(String(note?.identity ?? ""));
  return found === null ? null : found[1] ? 0 : Number(found[2]);
}

/// A file of records as it is replayed: {file, records, sessions, party, passed}.
export function viewOf(file, records, disagree) {
  const view = { file, records: [], sessions: new Map(), passed: [], party: null };
  const envelopes = new Map(); // by raw
  for (const record of records) {
    const note = { ...record, session: sessionOf(record.body.session) };
    view.records.push(note);
    const named = record.body.session ?? null;
    if (named !== null && note.session === null) disagree({ view, note, why: "the record names no session that there can be" });
    if (record.kind === "sent" || record.kind === "received") {
      note.passage = pass(view, envelopes, note);
      const { one } = note.passage;
      if (one && note.session !== null && one.session !== note.session) {
        disagree({ view, note, one, why: "the record names another session than its envelope" });
      }
    } else if (record.kind === "refused") refuse(view, note, disagree);
    else if (record.kind === "lied") note.evidence = listOf(record.body.evidence).map(unhex);
  }
  view.isDesk = view.records.some((note) => note.kind === "begun") || view.passed.some(({ one, isSent }) => isSent && one?.sender === 0);
  const spoken = view.isDesk ? 0 : view.passed.find(({ one, isSent }) => isSent && one)?.one.sender ?? null;
  view.party = spoken ?? namedIn(view.records.at(-1));
  for (const note of view.records) {
    const named = namedIn(note);
    if (named !== null && named !== view.party) {
      disagree({ view, note, why: `it is named as a record of ${who(named)}, and these are those of ${who(view.party)}` });
    }
  }
  if (!records.length) disagree({ view, why: "no record stands in it, so that it shows nothing" });
  for (const one of envelopes.values()) {
    one.isTaken = one.passages.some((passage) => !passage.refused);
    sessionIn(view, one).all.push(one);
    if (one.isTaken) sessionIn(view, one).list.push(one);
  }
  return view;
}

export function sessionIn(view, one) {
  if (!view.sessions.has(one.session)) {
    view.sessions.set(one.session, { view, name: one.session, epoch: one.epoch, group: one.group, all: [], list: [] });
  }
  return view.sessions.get(one.session);
}

/// An envelope on its way, once more or for the first time.
function pass(view, envelopes, note) {
  const raw = unhex(note.body.raw), isSent = note.kind === "sent";
  const passage = { note, isSent, refused: null, one: null, to: Array.isArray(note.body.to) ? note.body.to : null };
  view.passed.push(passage);
  if (raw === null) return passage;
  const name = hex(raw);
  if (!envelopes.has(name)) {
    try {
      envelopes.set(name, { ...open(raw), view, note, isSent, passages: [] });
    } catch (error) {
      passage.trouble = error.message;
      return passage;
    }
  }
  passage.one = envelopes.get(name);
  passage.one.isSent ||= isSent;
  passage.one.passages.push(passage);
  passage.isFirst = passage.one.note === note;
  return passage;
}

/// A refusal is of what came just before it; where it names somebody else, of what that one said last.
function refuse(view, note, disagree) {
  const why = String(note.body.why ?? ""), fault = why.slice(why.indexOf("is refused: ") + 12).replace(/\.$/, "");
  const before = view.records.slice(0, -1).reverse().find((each) => each.kind !== "refused" && each.kind !== "lied");
  let passage = before?.kind === "received" ? before.passage : null;
  const { sender } = note.body;
  const isAnothers = sender !== null && sender !== undefined && passage?.one?.sender !== sender;
  if (isAnothers || fault === BY_SENDER) {
    const mine = view.passed.filter(({ one, isSent, refused }) => !isSent && !refused && one?.sender === sender);
    passage = mine.reverse().find(({ one }) => fault !== BY_SENDER || one.kind === "SIGNATURE_SHARE") ?? passage;
  }
  // What was refused while a question was answered is no envelope.
  if (before?.kind === "decided" && (sender === null || sender === undefined)) return;
  note.fault = fault;
  if (!passage) disagree({ view, note, why: "a refusal stands there, and nothing that was refused" });
  else { passage.refused = fault; passage.by = note; note.about = passage; }
}
