// One audit: records of one or several parties in, rounds and disagreements out.
import { bytes, hex, same, version } from "./noble.mjs";
import { charterOf, who } from "./envelope.mjs";
import { Court } from "./court.mjs";
import { judge, prepare } from "./judge.mjs";
import { judgeNotes, judgeUnnamed } from "./notes.mjs";
import { compare } from "./parties.mjs";
import { viewOf } from "./view.mjs";

/// As replay.mjs says.
export function audit({ files, group }) {
  const rounds = [], { found, disagree } = collecting();
  const court = new Court(disagree), views = files.map((records, file) => viewOf(file, records, disagree));
  if (group) court.learn({ charter: charterOf(bytes(group.charter)), commitments: group.commitments.map(bytes), isInUse: true, from: "group" });
  /// Something that cannot be replayed is a disagreement, whatever it is.
  const guarded = (view, session, work) => {
    try {
      work();
    } catch (error) {
      const one = session?.list[0];
      disagree({ view, one, note: one?.note, session: session?.name, why: `it cannot be replayed (${error.message})` });
    }
  };
  for (const view of views) guarded(view, null, () => prepare(court, view));
  for (const view of views) {
    for (const session of view.sessions.values()) guarded(view, session, () => rounds.push(judge(court, session)));
    guarded(view, null, () => judgeNotes(court, view));
    guarded(view, null, () => judgeUnnamed(view, (note, why, one, session) => disagree({ view, note, one, session, why })));
  }
  if (views.length > 1) guarded(views[0], null, () => compare(court, views));
  guarded(views[0], null, () => judgeKeys(court, views, disagree));
  guarded(views[0], null, () => judgeHolders(court, views, disagree));
  if (group) guarded(views[0], null, () => judgeGroup(court, views, disagree, group));
  const disagreements = found.sort((a, b) => a.file - b.file || (a.record ?? Infinity) - (b.record ?? Infinity));
  return { noble: version, rounds, disagreements };
}

/// Disagreements, each once.
function collecting() {
  const found = [], told = new Set();
  const disagree = ({ view, note, one, session, why }) => {
    const each = {
      file: view.file, record: note?.number ?? null, session: session ?? one?.session ?? null,
      sender: one ? who(one.sender) : null, kind: one ? one.kind : note?.kind ?? null, why,
    };
    const name = JSON.stringify(each);
    if (!told.has(name)) found.push(each);
    told.add(name);
  };
  return { found, disagree };
}

/// One group has one key.
function judgeKeys(court, views, disagree) {
  const first = new Map();
  for (const found of [...court.groups.values()].flat().filter((each) => each.isInUse)) {
    const name = hex(found.charter.group), other = first.get(name) ?? found;
    first.set(name, other);
    if (same(found.commitments[0], other.commitments[0])) continue;
    const { view, note } = whereOf(views, found) ?? whereOf(views, other) ?? { view: views[0] };
    disagree({ view, note, session: found.session, why: `a second key of the group is in use from epoch ${found.charter.epoch} on` });
  }
}

/// One epoch has one key and the same holders, whatever a CALL says of it later.
function judgeHolders(court, views, disagree) {
  for (const all of court.groups.values()) {
    const [first, ...others] = all.filter((each) => each.isInUse && each.from === "call");
    const [made, ...again] = all.filter((each) => each.isInUse && each.from === "dealing");
    for (const found of [...others, ...again]) {
      const other = found.from === "call" ? first : made;
      const { view, note } = whereOf(views, found) ?? whereOf(views, other) ?? { view: views[0] };
      disagree({ view, note, session: found.session, why: `it is said otherwise elsewhere who held the shares of epoch ${found.charter.epoch}` });
    }
  }
}

/// The group's file says the same as the records.
function judgeGroup(court, views, disagree, group) {
  const { raw, group: named, epoch } = charterOf(bytes(group.charter));
  for (const view of views) {
    const stranger = view.passed.find(({ one }) => one && one.group !== hex(named));
    if (stranger) disagree({ view, note: stranger.note, one: stranger.one, why: "it is of another group than the file of --group" });
  }
  const epochs = views.flatMap((view) => [...view.sessions.values()]).filter((each) => each.group === hex(named)).map((each) => each.epoch);
  if (epochs.length && Math.max(...epochs) < epoch) {
    const why = `the file of --group is of epoch ${epoch}, and these records end in epoch ${Math.max(...epochs)}: they are older, or were cut off`;
    disagree({ view: views[0], note: views[0].records.at(-1), why });
  }
  for (const found of court.groupsOf({ group: hex(named), epoch }).filter((each) => each.isInUse)) {
    if (same(found.charter.raw, raw) && found.commitments.map(hex).join() === group.commitments.join()) continue;
    const { view, note } = whereOf(views, found) ?? { view: views[0] };
    disagree({ view, note, session: found.session, why: `epoch ${epoch} has other holders or another key than the file of --group says` });
  }
}

function whereOf(views, { session, note }) {
  for (const view of views) {
    const found = note && view.records.includes(note) ? note : view.sessions.get(session)?.list[0]?.note;
    if (found) return { view, note: found };
  }
  return null;
}
