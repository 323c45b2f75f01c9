"""What each control adds to an operation: vaults that differ in one setting, or operations that differ in one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from tests.anvil import Anvil, Outcome
from tests.bench.artifact import Artifact
from tests.bench.ours import (
    AMOUNTS,
    PEOPLE,
    RECIPIENT,
    Controls,
    Ours,
    endow,
    every_control,
    found_ours,
    rule_like,
    token,
    transfer,
)
from tests.bench.outcomes import done
from tests.bench.report import Row
from tests.bench.rows import Both, gas, second
from tests.bench.seats import seat_group, seat_member
from tests.stage import DAY, Call, call, companion
from verifier.model.tier import Tier

TABLE: Final = "What each control adds to 3-of-5"
QUORUM: Final = 3
STANDARD, HIGH_VALUE = Tier.STANDARD, Tier.HIGH_VALUE
OWLS: Final = "owls"
ZERO_BYTE, OTHER_BYTE = 4, 16


def additions(chain: Anvil) -> Iterator[Row]:
    """A row a control: what it takes with it, less what it takes without."""
    coin = chain.deploy(token().creation)
    endow(chain, coin, RECIPIENT)
    found = partial(found_ours, chain, QUORUM, coin)
    plain = found(Controls())

    def setting(name: str, tier: Tier, controls: Controls) -> Row:
        """Return the row of what a vault has set or has not."""
        return _row(name, work(found(controls), eth(tier), tier), work(plain, eth(tier), tier))

    yield _row("bucket", *spending(plain))
    yield setting("security approval, STANDARD", STANDARD, Controls(security_from=STANDARD))
    yield setting("segregated, STANDARD", STANDARD, Controls(segregated_from=STANDARD))
    yield setting("segregated, HIGH_VALUE", HIGH_VALUE, Controls(segregated_from=HIGH_VALUE))
    yield setting("window, STANDARD", STANDARD, Controls(window_from=STANDARD))
    yield setting("all that can be set, STANDARD", STANDARD, every_control(chain, coin))
    yield _row("rule, not a listed token", *ruled(chain, coin))
    yield _row("call of Checks in the batch", *checked(plain))
    yield _row("FROST approval, not ECDSA", *by_group(found(Controls())))
    asking = found(Controls(has_registry=True))
    yield _row("registry asked, new approver", admission(asking), admission(found(Controls())))
    yield _row("recount, STANDARD", *recounted(found(Controls()), STANDARD))
    segregated = found(Controls(segregated_from=HIGH_VALUE))
    yield _row("recount, segregated, HIGH_VALUE", *recounted(segregated, HIGH_VALUE))


def _row(name: str, with_it: int, without: int) -> Row:
    return gas(f"+ {name}", with_it - without, table=TABLE)


def eth(tier: Tier) -> list[Call]:
    return [call(to=RECIPIENT, value=AMOUNTS[tier])]


def work(ours: Ours, calls: Sequence[Call], tier: Tier) -> int:
    """Return what calls take from publication to execution, the second time, calldata left out."""
    return sum(map(partial(without_calldata, ours.chain), second(lambda: ours.move(calls, tier))))


def without_calldata(chain: Anvil, outcome: Outcome) -> int:
    """Return the gas of a transaction less what its calldata cost.

    Zero bytes are cheaper, and how many there are in a signature is luck: more than some controls cost.
    """
    sent = chain.rpc("eth_getTransactionByHash", [outcome.receipt["transactionHash"]])["input"]
    return outcome.gas_used - calldata_gas(bytes.fromhex(sent[2:]))


def calldata_gas(data: bytes) -> int:
    zeros = data.count(0)
    return ZERO_BYTE * zeros + OTHER_BYTE * (len(data) - zeros)


# Each of these returns what it takes with the control, and without.


def spending(ours: Ours) -> Both:
    """The least that there is, which is counted, and nothing at all, which is not; both are ROUTINE."""

    def publication(amount: int) -> int:
        operation, published = ours.publish([call(to=RECIPIENT, value=amount)])
        ours.execute(operation, Tier.ROUTINE)
        return without_calldata(ours.chain, published)

    return second(lambda: publication(1)), second(lambda: publication(0))


def ruled(chain: Anvil, coin: bytes) -> Both:
    """Two tokens with one code: one that is listed, and one whose transfers a rule measures in the listed one."""
    other = chain.deploy(token().creation)
    ours = found_ours(chain, QUORUM, coin, Controls(rules=(rule_like(other, coin),)))
    for holder in (ours.stage.vault, RECIPIENT):
        endow(chain, other, holder)
    by_rule, listed = (work(ours, [transfer(moved, AMOUNTS[STANDARD])], STANDARD) for moved in (other, coin))
    return by_rule, listed


def checked(ours: Ours) -> Both:
    """A batch that says until when it is right, and the same without; it is longer, so calldata is in here."""
    until = Artifact.released("checks").data_of("requireNotAfter", ours.chain.now() + 365 * DAY)
    check = call(to=companion("checks"), data=until)

    def total(calls: Sequence[Call]) -> int:
        return sum(step.gas_used for step in second(lambda: ours.move(calls, STANDARD)))

    return total([check, *eth(STANDARD)]), total(eth(STANDARD))


def by_group(ours: Ours) -> Both:
    """One of the three signs with FROST, and the same three as always."""
    usual = ours.signers
    seat_group(ours, OWLS, first_holder=1)
    without = work(ours, eth(STANDARD), STANDARD)
    ours.signers = (*usual[:-1], OWLS)
    return work(ours, eth(STANDARD), STANDARD), without


def admission(ours: Ours) -> int:
    """Return what it takes to execute that somebody becomes an approver."""
    return without_calldata(ours.chain, seat_member(ours, "newcomer")[-1])


def recounted(ours: Ours, tier: Tier) -> Both:
    """Executed after somebody else left, and executed without."""

    def execution(before: Callable[[], object]) -> int:
        operation, _ = ours.bring_to_wait(eth(tier), tier)
        before()
        return without_calldata(ours.chain, ours.execute(operation, tier))

    without = second(lambda: execution(lambda: None))
    leaver = PEOPLE[QUORUM + 1]
    return execution(lambda: done(ours.stage.send(leaver, "suspend", ours.stage.address(leaver)))), without
