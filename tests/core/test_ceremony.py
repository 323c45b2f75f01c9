"""How a ceremony stands: what `Progress` says, and what the screen is handed, are of one piece."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from verifier.frost.charter import Index
from verifier.frost.envelope import Fault, Rejected
from verifier.frost.judge import Crime, Verdict
from verifier.frost.signing import Absence, Exclusion
from verifier.holder.progress import Progress
from verifier.model.ceremony import Ceremony, Turnout
from verifier.model.text import Shown
from verifier.model.units import Timestamp
from verifier.pages.ceremony import SHAPES, ceremony_line, holder_name, state_of

NAMES = {1: Shown("Ann"), 2: Shown("Bob"), 3: Shown("Cid"), 4: Shown("Dot"), 5: Shown("Eve")}
WHAT = Shown("the group's approval of lane 12")


@dataclass
class Waiting:
    """Somebody who waits: what was said, written down and shown."""

    said: list[str] = field(default_factory=list)
    notes: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    seen: list[Ceremony] = field(default_factory=list)

    def note(self, kind: str, body: Mapping[str, object]) -> None:
        self.notes.append((kind, body))

    @property
    def latest(self) -> Ceremony:
        return self.seen[-1]

    def turnout(self, index: int) -> Turnout:
        return next(one.turnout for one in self.latest.holders if one.index == index)

    def told(self, index: int) -> str:
        return next(state_of(one) for one in self.latest.holders if one.index == index)


def _begun() -> tuple[Progress, Waiting]:
    waiting = Waiting()
    progress = Progress(
        waiting.said.append, waiting, NAMES, lambda: Timestamp(1_700_000_000), waiting.seen.append
    )
    progress.begin(WHAT, bytes(32), needed=3)
    progress.waits(tuple(map(Index, NAMES)))
    return progress, waiting


def _exclude(index: int, absence: Absence, because: str = "") -> dict[Index, Exclusion]:
    one = Exclusion(index=Index(index), absence=absence, declined_because=because)
    return {one.index: one}


def test_stand__each_holder_otherwise__says_who_answered_who_is_awaited_and_who_is_out_and_why() -> None:
    progress, waiting = _begun()
    progress.came(Index(1), b"", Shown("a commitment"))
    progress.came(Index(5), b"", Shown("a commitment"))
    progress.left_out(_exclude(3, Absence.DECLINED, "not in my hours"))
    progress.trouble(Index(4), "nobody answers there")
    progress.waits((Index(2), Index(4)))

    assert [waiting.turnout(index) for index in NAMES] == [
        Turnout.ANSWERED,
        Turnout.AWAITED,
        Turnout.LEFT_OUT,
        Turnout.UNREACHABLE,
        Turnout.ANSWERED,
    ]
    assert waiting.told(3) == 'left out: declined: "not in my hours"'
    assert waiting.told(4) == "cannot be reached: nobody answers there"
    line = ceremony_line(waiting.latest, 200)
    assert line == (
        "The group's approval of lane 12: 2 of 3 answered, awaited 2 Bob; 4 Dot cannot be reached; "
        '3 Cid left out: declined: "not in my hours"'
    )


def test_stand__a_liar_is_left_out__says_what_it_did_and_keeps_that() -> None:
    progress, waiting = _begun()
    verdict = Verdict(culprit=Index(2), crime=Crime.BAD_SHARE, evidence=(b"",))
    progress.came(Index(2), b"", Shown("a signature share"))
    progress.lied(verdict)
    progress.left_out({Index(2): Exclusion(index=Index(2), absence=Absence.LIED, verdict=verdict)})
    progress.came(Index(2), b"", Shown("a commitment"))
    progress.waits((Index(1), Index(2)))
    assert waiting.turnout(2) is Turnout.LIED
    assert waiting.told(2) == f"lied: {Crime.BAD_SHARE.value}"


def test_stand__somebody_awaited_is_wanted_no_more__is_not_called_absent() -> None:
    progress, waiting = _begun()
    progress.came(Index(1), b"", Shown("a commitment"))
    progress.waits((Index(1),))
    assert waiting.turnout(1) is Turnout.AWAITED
    assert waiting.turnout(2) is Turnout.NOT_NEEDED


def test_stand__somebody_was_away_and_answers__is_not_away_any_more() -> None:
    progress, waiting = _begun()
    progress.trouble(Index(4), "nobody answers there")
    progress.waits((Index(4),))
    assert waiting.turnout(4) is Turnout.UNREACHABLE
    progress.came(Index(4), b"", Shown("a commitment"))
    assert waiting.turnout(4) is Turnout.ANSWERED


def test_stand__a_message_is_refused__says_so_beside_whose_connection_it_came_by() -> None:
    progress, waiting = _begun()
    progress.came(Index(2), b"", Shown("a commitment"))
    progress.refused(Index(2), Rejected(sender=None, fault=Fault.SESSION, is_proven=False))
    progress.waits((Index(2),))
    assert waiting.turnout(2) is Turnout.AWAITED
    assert f"refused: {Fault.SESSION}" in waiting.told(2)


def test_stand__a_trial_inside_of_a_dealing__is_a_part_and_not_the_end() -> None:
    progress, waiting = _begun()
    progress.begin(Shown("the trial of the new shares"), bytes(32), needed=2)
    assert (waiting.latest.what, waiting.latest.part) == (WHAT, "the trial of the new shares")
    progress.ended(Shown("the trial is signed"))
    assert (waiting.latest.part, waiting.latest.ended) == ("", "")
    progress.ended(Shown("all is done"))
    assert (waiting.latest.ended, waiting.latest.is_done) == ("all is done", True)


def test_fail__a_part_and_then_the_whole__is_written_down_once() -> None:
    progress, waiting = _begun()
    progress.begin(Shown("the trial of the new shares"), bytes(32), needed=2)
    progress.failed(Shown("Too few."))
    progress.failed(Shown("Too few."))
    assert [kind for kind, _ in waiting.notes].count("failed") == 1
    assert waiting.latest.is_over
    assert not waiting.latest.is_done
    assert "FAILED: Too few." in ceremony_line(waiting.latest, 200)


def test_begin__after_one_that_ended__is_a_ceremony_of_its_own() -> None:
    progress, waiting = _begun()
    progress.ended(Shown("it is signed"))
    progress.begin(Shown("another one"), bytes(32))
    assert waiting.latest.what == "another one"
    assert not waiting.latest.is_over


@pytest.mark.parametrize("width", [40, 60, 78, 118])
def test_line__twenty_holders_with_long_names__fits_and_keeps_every_count(width: int) -> None:
    names = {index: Shown("Bartholomew the Third of Somewhere") for index in range(1, 21)}
    waiting = Waiting()
    progress = Progress(waiting.said.append, waiting, names, lambda: Timestamp(0), waiting.seen.append)
    progress.begin(Shown("the group's consent to hurry lane 511"), bytes(32), needed=11)
    progress.waits(tuple(map(Index, names)))
    progress.left_out(_exclude(7, Absence.DECLINED, "x" * 500))
    progress.waits(tuple(Index(each) for each in names if each != 7))
    assert len(ceremony_line(waiting.latest, width)) <= width
    if width >= 78:
        assert "0 of 11 answered" in ceremony_line(waiting.latest, width)
        assert "19 awaited, 1 out" in ceremony_line(waiting.latest, width)
    first = waiting.latest.holders[0]
    assert holder_name(first) == "1 Bartholomew.."


def test_shapes__states_that_differ_in_what_is_to_be_done__look_different_without_colour() -> None:
    assert set(SHAPES) == set(Turnout)
    wanted = [SHAPES[one] for one in Turnout if one is not Turnout.NOT_NEEDED]
    assert len(set(wanted)) == len(wanted)


@pytest.mark.parametrize("more", ["", ", and so did 5 Eve"])
def test_line__a_holder_declines_in_words_that_read_like_the_line__they_stand_in_quotation_marks(
    more: str,
) -> None:
    progress, waiting = _begun()
    progress.left_out(_exclude(3, Absence.DECLINED, f'no"; 2 Bob lied{more}'))
    line = ceremony_line(waiting.latest, 200)
    outside = "".join(line.split('"')[::2])
    assert "Cid left out: declined" in outside
    assert "lied" not in outside
    assert "Bob" not in outside.partition("3 Cid")[2]
