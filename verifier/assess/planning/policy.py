"""What a plan lets move, and how easily: good to know before anybody wonders why a payment waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.planning.remarks import listed, noted
from verifier.model.asset import NATIVE, Use
from verifier.model.companions import Companions
from verifier.model.plan import PlanRemark
from verifier.model.tier import Tier
from verifier.model.units import Hours
from verifier.model.vault_file import VaultFile

_LONG_WEEKEND: Final = Hours(72)


def remarks_of_policy(file: VaultFile, companions: Companions) -> Iterator[PlanRemark]:
    """Yield what will take a higher tier than people may think, or expire before they look."""
    if all(planned.asset.asset != NATIVE for planned in file.assets):
        yield noted(
            "native-unlisted",
            "assets",
            "The native coin is not listed, so every payment of it is a CUSTODY operation.",
        )
    if not any(planned.counterparty.uses & Use.RECIPIENT for planned in file.counterparties):
        yield noted(
            "recipients-none", "counterparties", "Nobody is a recipient, so every transfer is HIGH_VALUE."
        )
    members = {member.address for member in file.members}
    for planned in file.rules:
        target = planned.ruling.target
        if target in members or target in companions.keepers:
            yield noted(
                "rule-idle",
                planned.function,
                f"Calls to {target} are CUSTODY whatever a rule says: leave it out.",
            )
    short = [tier.name for tier in Tier if file.tiers[tier].grace_hours < _LONG_WEEKEND]
    if short:
        yield noted(
            "grace-short",
            listed(short),
            f"What is ready expires within less than {_LONG_WEEKEND} hours: on a long weekend nobody may be there to "
            "execute it.",
        )
