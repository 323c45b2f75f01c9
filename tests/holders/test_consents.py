"""A holder's yes holds for a while, by its own clock: nobody keeps it for a day on which it would say no."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import pytest

from tests.holders.company import Company
from tests.holders.seats import Seat, desk_of, sign, sit
from verifier.cli.frost_consent import CARRIED_CONSENT, consent_seconds, seconds_awake_or_asleep
from verifier.errors.frost import NonceSpent
from verifier.frost import coordinator
from verifier.frost.charter import Index, Pen
from verifier.frost.envelope import Fault
from verifier.frost.messages import Kind
from verifier.frost.nonces import Nonces
from verifier.frost.shares import GroupKey
from verifier.holder.service import USUAL_CONSENT
from verifier.model.group_file import BY_FILES
from verifier.model.holder_rules import NO_RULES
from verifier.model.text import sanitise

DIGEST: Final = hashlib.sha256(b"an operation").digest()
FIRST: Final = Index(1)
HOLDS: Final = 600.0


@dataclass(slots=True)
class Watch:
    """A clock that is turned by hand."""

    seconds: float = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(slots=True)
class Waiting:
    """A signing to which all have consented, and whose package nobody has yet."""

    watch: Watch
    seats: Mapping[Index, Seat]
    desk: Pen
    key: GroupKey
    signing: coordinator.Signing
    invitation: bytes
    package: bytes

    def nonces(self, index: Index) -> Nonces:
        """Return a holder's nonces, as they are in its memory."""
        (state,) = self.seats[index].service._signings._signers.values()
        (session,) = [one for one in state.sessions.values() if one.nonces is not None]
        assert session.nonces is not None
        return session.nonces


@pytest.fixture
def waiting(company: Company) -> Waiting:
    watch = Watch()
    seats, desk = sit(company, clock=watch, consent_seconds=HOLDS), desk_of(company)
    key = seats[FIRST].keeper.key()
    assert key is not None
    turn = coordinator.start_signing(key, desk, digest=DIGEST, request=b"", session=secrets.token_bytes(32))
    (invitation,) = turn.sent
    state, packages = turn.state, []
    for raw in [raw for index in invitation.to for raw in seats[index].take(invitation.raw)]:
        turn = coordinator.receive(state, raw)
        state = turn.state
        packages += [one.raw for one in turn.sent]
    (package,) = packages
    return Waiting(
        watch=watch,
        seats=seats,
        desk=desk,
        key=key,
        signing=state,
        invitation=invitation.raw,
        package=package,
    )


def test_package__while_the_consent_holds__answered(waiting: Waiting) -> None:
    waiting.watch.seconds += HOLDS
    for index in waiting.signing.chosen:
        (share,) = waiting.seats[index].take(waiting.package)
        assert share[73] == Kind.SIGNATURE_SHARE


def test_package__after_the_consent_ran_out__nothing_is_answered_and_the_nonces_are_gone(
    waiting: Waiting,
) -> None:
    index = waiting.signing.chosen[0]
    seat, nonces = waiting.seats[index], waiting.nonces(index)
    waiting.watch.seconds += HOLDS + 1
    assert seat.take(waiting.package) == []
    assert seat.faults == [Fault.OVER]
    with pytest.raises(NonceSpent):
        nonces.take()
    # Nor is the session taken up again.
    assert seat.take(waiting.invitation) == []
    assert seat.faults[-1] is Fault.OVER
    # Who asks anew is answered anew.
    assert sign(waiting.seats, waiting.desk, waiting.key, DIGEST) is not None


def test_look__nobody_comes_back__the_nonces_go_by_themselves_and_it_is_said_once(waiting: Waiting) -> None:
    index = waiting.signing.chosen[0]
    seat, nonces = waiting.seats[index], waiting.nonces(index)
    waiting.watch.seconds += HOLDS
    assert seat.service.look().over == ()
    waiting.watch.seconds += 1
    (over,) = seat.service.look().over
    assert over.session == waiting.signing.session
    assert "within 10 minutes of this holder's yes" in over.how
    with pytest.raises(NonceSpent):
        nonces.take()
    assert seat.service.look().over == ()


def test_look__it_was_answered_in_time__the_same_answer_is_still_given(waiting: Waiting) -> None:
    seat = waiting.seats[waiting.signing.chosen[0]]
    (share,) = seat.take(waiting.package)
    waiting.watch.seconds += HOLDS + 1
    assert seat.service.look().over == ()
    assert seat.take(waiting.package) == [share]


def test_consent_seconds__by_the_rules_or_by_how_the_group_talks(company: Company) -> None:
    group = company.group
    carried = replace(
        group, holders=(*group.holders[1:], replace(group.holders[0], address=sanitise(BY_FILES)))
    )
    assert consent_seconds(NO_RULES, group) == USUAL_CONSENT
    assert consent_seconds(NO_RULES, carried) == CARRIED_CONSENT > USUAL_CONSENT
    assert consent_seconds(replace(NO_RULES, consent=60), carried) == 60
    first = seconds_awake_or_asleep()
    assert first <= seconds_awake_or_asleep()
