"""@noble/curves as a dealer among ours where shares of the same key are made anew.

Noble has no refresh of its own, but the first round of its DKG takes what is to be dealt. So it deals its share of the
key as it is, as often as that counts, and its last round adds up the new share like anybody's. What it cannot be: one
who deals and leaves, one who only deals, or one who comes new. Its rounds want as many other dealers as there are other
holders, so that in its DKG all who deal are all who receive. With another threshold, all staying, it goes along.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.frost_core.liars import edit, lying
from tests.frost_core.noble_holder import NobleDealer
from tests.frost_core.noble_peer import Noble, key_for, start_noble
from tests.frost_core.party import (
    Outcome,
    as_said,
    call_for_shares,
    make_key,
    next_epoch,
    run_dealing,
    run_signing,
)
from tests.frost_core.sessions import DIGEST
from tests.frost_core.test_life import takes
from verifier.frost import relay
from verifier.frost.charter import Index
from verifier.frost.envelope import Envelope
from verifier.frost.messages import Kind
from verifier.frost.polynomial import weight
from verifier.frost.scalar import SecretScalar
from verifier.frost.shares import GroupKey, Share

HOLDERS = (1, 2, 3)


@pytest.fixture(scope="module")
def noble() -> Iterator[Noble]:
    with start_noble() as started:
        yield started


def redeal(
    noble: Noble, threshold: int, by_noble: tuple[int, ...], *, change: Any = as_said
) -> tuple[GroupKey, Outcome, dict[int, NobleDealer]]:
    """Refresh a 2-of-3 key, or give it another threshold, with some dealers by noble: the key as it was, and how it
    ended."""
    shares, joined = make_key(2, 3), dict[int, NobleDealer]()
    key = shares[Index(1)].key

    def join(index: int, assembly: Any) -> Any:
        part = shares[Index(index)].secret.times(weight(Index(index), assembly.dealers))
        joined[index], sent = NobleDealer.join(noble, assembly, Index(index), part=part.reveal().hex())
        return joined[index], sent

    outcome = run_dealing(
        call_for_shares(key, next_epoch(key.charter, threshold, HOLDERS), HOLDERS),
        known=key,
        held=shares,
        change=change,
        guests={index: partial(join, index) for index in by_noble},
    )
    return key, outcome, joined


@pytest.mark.parametrize(("threshold", "by_noble"), [(2, (2,)), (2, (1, 3)), (3, (1,)), (3, (2, 3))])
def test_redeal__some_dealers_by_noble__same_key_and_new_shares_sign(
    noble: Noble, threshold: int, by_noble: tuple[int, ...]
) -> None:
    key, outcome, joined = redeal(noble, threshold, by_noble)
    new = outcome.relay.key
    assert outcome.relay.stage is relay.Stage.TRIAL
    assert new is not None
    assert new.point == key.point
    assert new.commitments[1:] != key.commitments[1:]
    shares = {i: one.share for i, one in outcome.pending.items() if one.share is not None}
    for index, member in joined.items():
        assert member.made["commitments"] == [point.hex() for point in new.commitments]
        assert member.made["shares"] == key_for(new)["shares"]
        # Noble's own addition; what is not the share of this holder and key is refused here.
        secret = SecretScalar(bytes.fromhex(member.made["share"]))
        shares[Index(index)] = Share(key=new, index=Index(index), secret=secret)
    assert {*shares} == {*HOLDERS}
    signed = run_signing(shares, DIGEST)
    assert takes(key.point, DIGEST, signed.signature)


def test_redeal__noble_hears_a_bad_sub_share__refuses_it_as_ours_do(noble: Noble) -> None:
    def bad(envelope: Envelope) -> Any:
        body: Any = envelope.body
        return edit(body, sealed=tuple((i, bytes([s[0] ^ 1]) + s[1:]) for i, s in body.sealed))

    _, outcome, joined = redeal(noble, 2, (3,), change=lying(2, Kind.SUB_SHARES, bad))
    assert "invalid secret share" in joined[3].refused
    assert outcome.relay.stage is relay.Stage.FAILED
    assert outcome.log.culprits == {2}


def test_redeal__what_noble_deals_is_not_its_share__named(noble: Noble) -> None:
    """So the pair of the first test cannot be right by chance: another part is another key."""
    shares = make_key(2, 3)
    key = shares[Index(1)].key
    outcome = run_dealing(
        call_for_shares(key, next_epoch(key.charter, 2, HOLDERS), HOLDERS),
        known=key,
        held=shares,
        guests={2: lambda assembly: NobleDealer.join(noble, assembly, Index(2))},
    )
    assert outcome.relay.stage is relay.Stage.FAILED
    assert outcome.log.culprits == {2}


def test_redeal__who_leaves_or_comes__noble_has_no_round_for_it(noble: Noble) -> None:
    """The limit that stands above: fewer dealers than holders, and noble goes no further."""
    made = noble.ask("deal", {"index": 1, "min": 2, "max": 3, "dice": "07" * 2_000, "part": "05" * 32})
    other = noble.ask("deal", {"index": 2, "min": 2, "max": 3, "dice": "08" * 2_000, "part": "06" * 32})
    others = [{"index": 2, "commitments": other["commitments"], "proof": other["proof"]}]
    answered = noble.ask_raw("values", {"held": made["held"], "others": others})
    assert answered == {"refused": "wrong number of round1 packages"}
