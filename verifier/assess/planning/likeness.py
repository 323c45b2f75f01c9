"""What in a file could be taken for something else in it: an address, the symbol of an asset, a counterparty's name.

Whatever the file lists, signers are shown as known, and no look-alike of anything: so it has to be found before.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from verifier.assess.likeness import Likenesses, mark_differences
from verifier.assess.planning.remarks import warned
from verifier.model.address import NOBODY, Address
from verifier.model.plan import PlanRemark
from verifier.model.vault_file import VaultFile


def remarks_of_likeness(file: VaultFile) -> Iterator[PlanRemark]:
    """Yield which two things of a file look like one."""
    yield from _of_addresses(file)
    for first, second in combinations(dict.fromkeys(asset.symbol for asset in file.assets), 2):
        if _letters(first) == _letters(second):
            yield warned(
                "symbols-alike",
                second,
                f"It could be taken for {first}, and limits and rules are written with symbols. Call one of them "
                "otherwise, or take it out.",
            )
    for first, second in combinations([party.name for party in file.counterparties], 2):
        if _letters(first) == _letters(second):
            yield warned(
                "counterparties-alike",
                second,
                f"It has the name of {first} but for its spelling, and another address. Say how they differ, or take "
                "one of them out.",
            )


def _of_addresses(file: VaultFile) -> Iterator[PlanRemark]:
    accounts: dict[Address, str] = {member.address: member.name for member in file.members}
    accounts |= {party.counterparty.account: party.name for party in file.counterparties}
    accounts |= {asset.asset.asset: asset.symbol for asset in file.assets if asset.asset.asset != NOBODY}
    accounts |= {guard: strategy.name for strategy in file.strategies for guard in strategy.guards}
    for rule in file.rules:
        accounts.setdefault(rule.ruling.target, rule.function)
    known = Likenesses(accounts)
    for account, name in accounts.items():
        for other in known.of(account):
            if other < account:
                yield warned(
                    "addresses-alike",
                    name,
                    f"{mark_differences(account, other)} is not that of {accounts[other]}, and looks like it at both "
                    "ends; the digits in brackets differ. Addresses are made up to be taken for another: ask whose it "
                    "is.",
                )


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower())) or name
