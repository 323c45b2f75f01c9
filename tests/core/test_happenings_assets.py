"""What a watcher says of assets that left without an operation, and of code that is another one than it was."""

from __future__ import annotations

from dataclasses import replace

from tests.core.vault_state import PAYEE, TOKEN
from tests.core.watched import Story, begun, kinds, one, waiting
from tests.desk.fakes import VAULT
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.call import AbiValue
from verifier.model.finding import Severity
from verifier.model.life import Status
from verifier.model.simulation import Touched
from verifier.model.tier import Tier
from verifier.model.units import Units
from verifier.model.watching import Kind

OTHER = Address(b"\x88" * 20)


def transfer(story: Story, value: int = 5, *, to: Address = PAYEE, sender: Address = VAULT) -> None:
    # `from` is a word of Python.
    whose: dict[str, AbiValue] = {"from": sender}
    story.emit(TOKEN, "Transfer", **whose, to=to, value=value)


def test_look__asset_that_leaves_without_an_operation__rings_every_time() -> None:
    story = begun()
    for _ in range(2):
        story.transact()
        transfer(story)
    first, second = story.look()
    assert (first.kind, first.severity, first.pages) == (Kind.ASSET_MOVED, Severity.WARNING, True)
    assert f"5 base units of {TOKEN} left the vault for {PAYEE}" in first.sentence
    assert first.episode == second.episode
    assert first.key != second.key


def test_look__asset_that_an_operation_moves__nothing() -> None:
    story = waiting(Tier.HIGH_VALUE)
    story.end(0, Status.EXECUTED)
    transfer(story)
    assert Kind.ASSET_MOVED not in kinds(story.look())


def test_look__asset_that_comes_or_nothing_of_one__nothing() -> None:
    story = begun()
    transfer(story, sender=PAYEE, to=VAULT)
    transfer(story, 0)
    assert story.look() == ()


def test_look__same_move_after_a_reorganisation__the_same_key_and_no_transaction_in_it() -> None:
    def told(branch: bytes) -> str:
        story = begun()
        story.branch = branch
        story.wait(len(branch))
        transfer(story)
        return one(story.look(), Kind.ASSET_MOVED).key

    assert told(b"a") == told(b"bb")


def test_look__allowance_without_an_operation__rings_and_its_end_is_a_notice() -> None:
    story = begun()
    story.emit(TOKEN, "Approval", owner=VAULT, spender=PAYEE, value=(1 << 256) - 1)
    told = one(story.look(), Kind.ALLOWANCE)
    assert "may take any amount" in told.sentence
    assert told.pages
    story.transact()
    story.emit(TOKEN, "Approval", owner=VAULT, spender=PAYEE, value=0)
    assert not one(story.look(), Kind.ALLOWANCE).pages


def test_look__allowance_that_an_operation_gives__nothing() -> None:
    story = waiting(Tier.HIGH_VALUE)
    story.end(0, Status.EXECUTED)
    story.emit(TOKEN, "Approval", owner=VAULT, spender=PAYEE, value=5)
    assert Kind.ALLOWANCE not in kinds(story.look())


def test_look__token_that_says_what_is_left_of_an_allowance__only_the_move() -> None:
    story = begun()
    story.emit(TOKEN, "Approval", owner=VAULT, spender=PAYEE, value=5)
    transfer(story)
    assert kinds(story.look()) == [Kind.ASSET_MOVED]


def test_look__spender_whom_an_operation_allowed__noted_until_it_takes_more() -> None:
    story = waiting(Tier.HIGH_VALUE)
    story.end(0, Status.EXECUTED)
    story.emit(TOKEN, "Approval", owner=VAULT, spender=PAYEE, value=8)
    story.look()
    for value, severity in ((5, Severity.NOTICE), (3, Severity.NOTICE), (1, Severity.WARNING)):
        story.transact()
        transfer(story, value)
        told = one(story.look(), Kind.ASSET_MOVED)
        assert (told.severity, told.pages) == (severity, severity is Severity.WARNING)


def test_look__spender_without_a_limit__noted_until_it_is_taken_back() -> None:
    story = begun()
    for value, severity in (((1 << 256) - 1, Severity.NOTICE), (0, Severity.WARNING)):
        story.propose(0, Tier.HIGH_VALUE, 1, 2, 4)
        story.end(0, Status.EXECUTED)
        story.emit(TOKEN, "Approval", owner=VAULT, spender=PAYEE, value=value)
        for _ in range(2):
            story.transact()
            transfer(story, 10**30)
        moved = [each for each in story.look() if each.kind is Kind.ASSET_MOVED]
        assert [each.severity for each in moved] == [severity] * 2


def test_look__other_account_than_the_spender__rings() -> None:
    story = begun()
    story.propose(0, Tier.HIGH_VALUE, 1, 2, 4)
    story.end(0, Status.EXECUTED)
    story.emit(TOKEN, "Approval", owner=VAULT, spender=PAYEE, value=8)
    story.transact()
    transfer(story, 5, to=OTHER)
    assert one(story.look(), Kind.ASSET_MOVED).pages


def test_look__anybody_who_takes_nothing_from_a_token_that_says_so__nothing() -> None:
    story = begun()
    story.emit(TOKEN, "Approval", owner=VAULT, spender=OTHER, value=0)
    transfer(story, 0)
    assert story.look() == ()


def test_look__allowance_beside_a_move_of_nothing_or_of_another_token__told() -> None:
    story = begun()
    story.emit(TOKEN, "Approval", owner=VAULT, spender=PAYEE, value=5)
    transfer(story, 0)
    assert kinds(story.look()) == [Kind.ALLOWANCE]


def test_look__amount_of_a_listed_token__in_whole_ones_and_raw() -> None:
    story = begun()
    story.list_asset(
        TOKEN, AssetTerms(routine_limit=Units(1_500_000), high_value_from=Units(10**10), decimals=8)
    )
    listed = one(story.look(), Kind.POLICY)
    assert "ROUTINE up to 1.5, HIGH_VALUE from 10,000, 8 decimals" in listed.sentence
    story.transact()
    transfer(story, 12_345_050_000_000)
    moved = one(story.look(), Kind.ASSET_MOVED)
    assert f"123,450.5 (12345050000000 base units of {TOKEN}) left the vault" in moved.sentence


# --------------------------------------------------------------------------------------------------- Code that changes


def touching(story: Story, *touched: Touched, before: tuple[Touched, ...] = ()) -> None:
    """Let the simulation of the operation in lane 0 touch these."""
    operation_id = story.lanes[0].operation_id
    story.views[operation_id] = replace(story.views[operation_id], touched=touched, touched_before=before)


OLD = Touched(address=OTHER, code_hash=b"\x01" * 32)
NEW = replace(OLD, code_hash=b"\x02" * 32)


def test_look__code_that_changes_while_an_operation_waits__danger_once() -> None:
    story = waiting()
    touching(story, OLD)
    assert story.look() == ()
    touching(story, NEW)
    told = one(story.look(), Kind.CODE_CHANGED)
    assert (told.severity, told.pages) == (Severity.DANGER, True)
    assert f"{OTHER}, which the operation in lane 0" in told.sentence
    assert "fourth-signer veto 0" in told.sentence
    assert story.look() == ()
    touching(story, replace(NEW, code_hash=b"\x03" * 32))
    assert one(story.look(), Kind.CODE_CHANGED).key != told.key


def test_look__implementation_that_changes_behind_a_proxy__danger() -> None:
    story = waiting()
    touching(story, replace(OLD, implementation=PAYEE))
    story.look()
    touching(story, replace(OLD, implementation=TOKEN))
    assert f"it ran the code of {PAYEE}" in one(story.look(), Kind.CODE_CHANGED).sentence


def test_look__other_code_than_somebody_remembers__danger_at_the_first_look() -> None:
    story = waiting()
    touching(story, NEW, before=(OLD,))
    assert kinds(story.look()) == [Kind.CODE_CHANGED]


def test_look__other_accounts_touched_than_before__nothing() -> None:
    story = waiting()
    touching(story, OLD)
    story.look()
    touching(story, OLD, replace(OLD, address=PAYEE))
    assert story.look() == ()


def test_look__next_operation_of_the_lane__begins_anew() -> None:
    story = waiting()
    touching(story, OLD)
    story.look()
    story.end(0, Status.VETOED)
    story.propose(0, Tier.ROUTINE)
    touching(story, NEW)
    assert Kind.CODE_CHANGED not in kinds(story.look())
