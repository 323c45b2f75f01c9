"""A holder of plain values, as its screens find it: nobody is asked anything, and the clock stands still."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tests.desk.fakes import NOW, VAULT
from tests.tui.scene import Scene, make_scene
from verifier.desk.group_asking import Asked, Waiting, explain_operation, explain_repair
from verifier.model.ceremony import begin_ceremony
from verifier.model.group_request import GroupRequest, Purpose
from verifier.model.holder_rules import HolderRules
from verifier.model.holding import HeldSession, HolderSelf, Holding, Remark
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import ChainId, Timestamp
from verifier.pages.holder_rules import rule_sentences
from verifier.tui.holder_source import HolderSource

_NAMES = {1: Shown("Ann"), 2: Shown("Bob"), 3: Shown("Cid")}

HEARD: Final = Timestamp(NOW - 3)


@dataclass(slots=True)
class FakeHolder:
    """What the front door hands over: it notes the answers, and gives back what it is told to."""

    scene: Scene = field(default_factory=make_scene)
    is_one_factor: bool = True
    questions: list[Waiting] = field(default_factory=list)
    answers: list[tuple[str, int, list[str]]] = field(default_factory=list)
    # What yes leads to first, instead of being taken.
    changed: Asked | None = None
    now: Timestamp = NOW
    # When the coordinator was heard, and where the holder is reached.
    called_at: Timestamp = HEARD
    where: str = "https://10.0.0.7:8443"
    # Set once a yes may be taken: until then it is being looked into.
    free: threading.Event = field(default_factory=threading.Event)
    # Why questions were taken away, by number.
    whys: dict[int, str] = field(default_factory=dict)
    # What was said before there were screens.
    warned: tuple[Shown, ...] = ()
    has_left: bool = False

    def __post_init__(self) -> None:
        self.free.set()

    def source(self) -> HolderSource:
        opened = "ONE FACTOR ONLY: a passphrase" if self.is_one_factor else "passphrase and token"
        return HolderSource(
            me=HolderSelf(
                group=Shown("owls"),
                index=1,
                name=Shown("Ann"),
                threshold=2,
                holders=3,
                opened_by=Shown(opened),
                is_one_factor=self.is_one_factor,
            ),
            now=lambda: self.now,
            waiting=lambda: list(self.questions),
            look=self.look,
            agree=self.agree,
            decline=self.decline,
            why_over=lambda number: self.whys.get(number, ""),
        )

    def ask(self, asked: Asked, *, ago: int = 130) -> None:
        """Put a question before the person."""
        number = 1 + max((each.number for each in self.questions), default=0)
        self.questions.append(Waiting(number=number, since=Timestamp(self.now - ago), asked=asked))

    def take_away(self, number: int, why: str = "") -> None:
        self.whys[number] = why
        self.questions = [each for each in self.questions if each.number != number]

    def agree(self, number: int, seen: Asked, typed: Sequence[str]) -> Asked | Shown:
        assert self.free.wait(300)
        if self.changed is not None:
            fresh, self.changed = self.changed, None
            self.questions = [
                replace(each, asked=fresh) if each.number == number else each for each in self.questions
            ]
            return fresh
        assert any(each.asked is seen for each in self.questions)
        self.answers.append(("yes", number, list(typed)))
        self.take_away(number)
        return Shown("Answered yes: the holder's person said yes.")

    def decline(self, number: int) -> Shown:
        self.answers.append(("no", number, []))
        self.take_away(number)
        return Shown("Answered no: the holder's person said no.")

    def look(self) -> Holding:
        dealt = begin_ceremony(
            Shown("new shares of the key, epoch 4"),
            session=bytes(range(32)),
            since=Timestamp(NOW - 86_400),
            needed=3,
            names=_NAMES,
        ).over(Shown("the new shares are in use"), is_done=True)
        refused = replace(dealt, session=bytes(32), what=Shown("the group's approval of lane 9"))
        running = begin_ceremony(
            Shown("new shares of the key, epoch 5"),
            session=bytes([7]) * 32,
            since=Timestamp(NOW - 40),
            needed=3,
            names=_NAMES,
        )
        running = running.awaiting([2, 3]).answered(1, Shown("")).answered(2, Shown("")).awaiting([3])
        over = refused.over(Shown("this holder takes no part in it"), is_done=False)
        mine = Shown("yes: these are the holders of the group's file")
        return Holding(
            epoch=None if self.has_left else 4,
            has_left=self.has_left,
            where=Shown(self.where),
            called_at=self.called_at,
            warned=self.warned,
            sessions=(
                HeldSession(ceremony=running, mine=mine),
                HeldSession(
                    ceremony=replace(over, is_done=False), mine=Shown("no: the holder's rules refuse it")
                ),
                HeldSession(ceremony=dealt, mine=mine),
            ),
            remarks=(
                Remark(
                    at=Timestamp(NOW - 500),
                    said=Shown(
                        "A message of holder 3, or of somebody who says so, is refused: it is of another group."
                    ),
                    line=Shown("the coordinator's connection"),
                ),
            ),
            rules=rule_sentences(HolderRules(tiers=frozenset({Tier.ROUTINE, Tier.STANDARD}), stops=True)),
        )


def about_operation(scene: Scene, lane: int = 0) -> Asked:
    """Return the question whether the group approves the operation of a lane: in lane 0 stands a theft."""
    briefing = scene.source().brief_lane(lane)
    (review,) = briefing.reviews
    return Asked(
        what=Shown(f"the group's approval of lane {lane}"),
        because=Shown("the holder's rules leave HIGH_VALUE to a person"),
        explained=explain_operation(Purpose.APPROVE, lane, is_seat_operation=False),
        findings=(*review.findings, *briefing.findings),
        request=GroupRequest(
            purpose=Purpose.APPROVE,
            chain_id=ChainId(briefing.reading.head.chain_id),
            vault=VAULT,
            operation=review.operation,
            publication=review.lane.state.publication,
        ),
        briefing=briefing,
    )


def about_repair() -> Asked:
    """Return the question whether to help another holder to its share."""
    lost = Shown("holder 3 (Cid)")
    return Asked(
        what=Shown(f"making the share of {lost} anew, for that holder"),
        because=Shown("the holder's rules leave repairs to a person"),
        explained=explain_repair(lost),
    )
