"""What controls take that are transactions of their own, in a vault that has them all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Final

from tests.bench.artifact import Artifact
from tests.bench.controls import OWLS, eth
from tests.bench.digests import veto_digest
from tests.bench.ours import AUDITOR, PEOPLE, Ours
from tests.bench.outcomes import done
from tests.bench.report import Row
from tests.bench.rows import gas, second
from tests.bench.seats import HOLDERS_OF_A_GROUP, seat_group, seat_member
from tests.stage import as_words, companion
from verifier.model.tier import Tier

TABLE: Final = "What controls take as transactions of their own"
FINDINGS: Final = bytes.fromhex("f1" * 32)
NEWCOMERS: Final = ("pat", "quy")
GROUPS: Final = (OWLS, "rooks")


def control_acts(ours: Ours) -> Iterator[Row]:
    def row(name: str, used: int) -> Row:
        return gas(f"3-of-5 {name}", used, table=TABLE)

    bypasses, newcomers, groups, holders = (
        count(),
        iter(NEWCOMERS),
        iter(GROUPS),
        count(1, HOLDERS_OF_A_GROUP),
    )

    def bypass(tier: Tier) -> tuple[int, int]:
        return expedite(ours, tier), review(ours, next(bypasses))

    hurried, _ = second(partial(bypass, Tier.STANDARD))
    yield row("expedite, STANDARD", hurried)
    hurried, reviewed = second(partial(bypass, Tier.HIGH_VALUE))
    yield row("expedite, HIGH_VALUE", hurried)
    yield row("review of a bypass", reviewed)
    steps = second(lambda: seat_member(ours, next(newcomers)))
    yield row("add an approver, 3 steps", sum(step.gas_used for step in steps))
    steps = second(lambda: seat_group(ours, next(groups), next(holders)))
    yield row("add a group of 3, 3 steps", sum(step.gas_used for step in steps))
    yield row("veto by FROST", second(lambda: veto_by_group(ours)))


def expedite(ours: Ours, tier: Tier) -> int:
    """A quorum consents to hurry; what it was about is executed, so that the lane is free again."""
    operation, _ = ours.bring_to_wait(eth(tier), tier)
    consents = [as_words(consent) for consent in ours.consents(operation)]
    used = done(ours.stage.send(PEOPLE[0], "expedite", operation, consents)).gas_used
    ours.execute(operation, tier)
    return used


def review(ours: Ours, bypass: int) -> int:
    saying = Artifact.released("bypass_ledger").data_of("review", ours.stage.vault, bypass, FINDINGS, True)
    auditor = ours.stage.address(AUDITOR)
    return done(ours.chain.send(auditor, companion("bypass_ledger"), saying)).gas_used


def veto_by_group(ours: Ours) -> int:
    operation, _ = ours.publish(eth(Tier.STANDARD))
    proof = as_words(ours.consent(OWLS, veto_digest(ours.stage.vault, ours.stage.id_of(operation))))
    return done(ours.stage.send(PEOPLE[0], "vetoAsGroup", operation, proof)).gas_used
