"""No order of calls across the vault and its register gives a person two duties of which one excludes the other.

The search below is exhaustive: from every situation that one person can get into, every step is tried, until no new
situation turns up. A situation is what matters of the two contracts about that person; time is let pass before each
step, so that nothing is refused only because it is too soon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.anvil import CHAIN_ID, Anvil, Outcome
from tests.companions import Companion, deployed
from tests.contracts.scene import HERE, Scene, data_of_error, scene_of, usual_scene
from tests.frost.group import Group
from tests.stage import DAY, STRANGER, Actor, call, companions, data_of
from verifier.errors import VaultError, from_revert
from verifier.errors.duties import DutyCallerUnfit, DutyConflict
from verifier.errors.members import MemberDutiesConflict
from verifier.errors.operations import CallFailed
from verifier.model.member import MemberStatus, Role

KEY: Final = 1
"""KEY_MATERIAL."""
APPROVAL: Final = 8
"""TRANSACTION_APPROVAL."""
PIA: Final = 77
"""The person who tries to get both."""
NOWHERE: Final = bytes(20)
# A seat that was left is free again after 104 days, and by then every pause is over.
WHILE: Final = 105 * DAY


def addition(group: Group, vault: bytes, holders: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the arguments of `addGroup`, with the holders' proof."""
    roles = int(Role.APPROVER)
    words = as_words(holders)
    domain = encode(
        ["bytes32", "bytes32", "bytes32", "uint256", "address"],
        [
            keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
            keccak(b"Fourth Signer"),
            keccak(b"1"),
            CHAIN_ID,
            vault,
        ],
    )
    message = encode(
        ["bytes32", "address", "uint256", "bytes32"],
        [
            keccak(b"RegisterGroup(address group,uint256 roles,uint256[3] holders)"),
            group.account,
            roles,
            keccak(encode(["uint256[3]"], [words])),
        ],
    )
    r, z, v = group.sign(keccak(b"\x19\x01" + keccak(domain) + keccak(message)))
    proof = (int.from_bytes(v, "big"), r, z)
    return (group.account, group.x, group.y, roles, words, proof)


def as_words(holders: tuple[int, ...]) -> list[int]:
    """Return persons as the vault takes them: growing, eight to a word."""
    ordered = sorted(holders)
    return [sum(p << (32 * i) for i, p in enumerate(ordered[n : n + 8])) for n in (0, 8, 16)]


@dataclass(frozen=True, slots=True)
class Situation:
    """What matters about Pia, as the contracts have it."""

    # "none", "ours" or "other"; in the other one she has the key, and the key excludes approval.
    registry: str
    is_in_group: bool
    roles: Role
    status: MemberStatus
    # In our registry.
    has_key: bool
    excludes: bool

    @property
    def approves(self) -> bool:
        return bool(self.roles & Role.APPROVER)

    def is_barred(self) -> bool:
        """Whether she may not become an approver, by the registry that the vault asks."""
        return self.registry == "other" or (self.registry == "ours" and self.has_key and self.excludes)


@dataclass(slots=True)
class Town:
    """A vault, two registries, and names that nobody had before."""

    scene: Scene
    ours: Companion
    other: Companion
    numbers: Iterator[int] = field(default_factory=lambda: count(1_000))

    def account(self) -> bytes:
        """Return the account that sits for Pia, alone or as a group."""
        return bytes.fromhex(self.scene.read("memberOfPerson", PIA)[0][2:])

    def fresh(self) -> bytes:
        return next(self.numbers).to_bytes(20, "big").replace(b"\0" * 17, b"\xfe" * 17)

    def look(self) -> Situation:
        account = self.account()
        record = self.scene.read("memberOf", account)[0]
        status, roles, kind = (record >> 8 & 0xFF, record >> 16 & 0xFF, record >> 24 & 0xFF)
        # Whoever came back is as active as before.
        if status == MemberStatus.RETURNED:
            status = MemberStatus.ACTIVE
        names = {NOWHERE: "none", self.ours.address: "ours", self.other.address: "other"}
        return Situation(
            registry=names[bytes.fromhex(self.scene.read("registry")[0][2:])],
            is_in_group=kind != 0,
            roles=Role(roles),
            status=MemberStatus(status),
            has_key=PIA in self.ours.read("personsOf", self.scene.vault),
            excludes=bool(self.ours.read("conflictsOf", self.scene.vault, KEY) & APPROVAL),
        )

    def change(self, function: str, *arguments: Any) -> Outcome:
        return self.scene.change(function, *arguments)

    def told(self, function: str, *arguments: Any) -> Outcome:
        """Let the vault tell our registry something."""
        return self.ours.send(self.scene.vault, function, *arguments)


def town_on(chain: Anvil) -> Town:
    """Found a vault, and let Pia have the key in another registry, where it excludes approval."""
    scene = usual_scene(chain)
    ours = deployed(chain, "duty_registry")
    creation_code = bytes.fromhex(companions()["duty_registry"]["creation_code"].removeprefix("0x"))
    other = Companion(chain=chain, key="duty_registry", address=chain.deploy(creation_code))
    assert other.address != ours.address
    other.must(scene.vault, "setConflicts", KEY, APPROVAL)
    other.must(scene.vault, "grant", PIA, KEY)
    return Town(scene, ours, other)


# ------------------------------------------------------------------------------------------------------------- Steps
# Each yields what became of its transactions, one after the other; the first refusal ends it.

Step = Callable[[Town], Iterator[Outcome]]


def add(town: Town, roles: Role) -> Iterator[Outcome]:
    yield town.change("addMember", town.fresh(), PIA, int(roles), HERE.pack())


def replace(town: Town) -> Iterator[Outcome]:
    """Pia takes the seat of an approver, with the role it has."""
    last = town.fresh()
    yield town.change("addMember", last, next(town.numbers), int(Role.APPROVER), HERE.pack())
    yield town.change("replaceMember", last, town.fresh(), PIA, HERE.pack())


def replace_by_herself(town: Town) -> Iterator[Outcome]:
    yield town.change("replaceMember", town.account(), town.fresh(), PIA, HERE.pack())


def group(town: Town) -> Iterator[Outcome]:
    """Pia holds a share of a new group's key."""
    owls = Group.new(f"owls {next(town.numbers)}")
    yield town.change("addGroup", *addition(owls, town.scene.vault, (PIA, next(town.numbers))))


def share(town: Town) -> Iterator[Outcome]:
    """Pia gets a share of the key of a group that is there without her."""
    owls = Group.new(f"owls {next(town.numbers)}")
    holders = (next(town.numbers), next(town.numbers))
    yield town.change("addGroup", *addition(owls, town.scene.vault, holders))
    yield town.change("setHolders", owls.account, as_words((PIA, *holders)))


def unshare(town: Town) -> Iterator[Outcome]:
    owls = town.account()
    yield town.change("setHolders", owls, as_words((next(town.numbers), next(town.numbers))))
    yield town.change("removeMember", owls)


def confirm(town: Town) -> Iterator[Outcome]:
    yield town.scene.send("gus", "suspend", town.account())
    yield town.change("confirmSuspension", town.account())


def one(act: Callable[[Town], Outcome]) -> Step:
    def step(town: Town) -> Iterator[Outcome]:
        yield act(town)

    return step


def never(_situation: Situation) -> bool:
    return False


# Of each step: the step, and whether it has to be refused in a situation, since it would give her both.
STEPS: Final[dict[str, tuple[Step, Callable[[Situation], bool]]]] = {
    "enter as approver": (lambda t: add(t, Role.APPROVER), Situation.is_barred),
    "enter as auditor": (lambda t: add(t, Role.AUDITOR), never),
    "take an approver's seat": (replace, Situation.is_barred),
    "take a new key": (replace_by_herself, lambda s: s.approves and s.is_barred()),
    "become approver": (
        one(lambda t: t.change("setRoles", t.account(), int(Role.APPROVER))),
        Situation.is_barred,
    ),
    "become auditor": (
        one(lambda t: t.change("setRoles", t.account(), int(Role.AUDITOR))),
        never,
    ),
    "found a group": (group, Situation.is_barred),
    "get a share": (share, Situation.is_barred),
    "give a share back": (unshare, never),
    "leave": (one(lambda t: t.change("removeMember", t.account())), never),
    "be suspended": (one(lambda t: t.scene.send("gus", "suspend", t.account())), never),
    "be suspended for good": (confirm, never),
    "suspend oneself": (one(lambda t: t.scene.send(t.account(), "suspend", t.account())), never),
    "come back by lapse": (
        one(lambda t: t.scene.send(STRANGER, "lapse", t.account())),
        lambda s: s.approves and s.is_barred(),
    ),
    "come back by an operation": (
        one(lambda t: t.change("reinstateMember", t.account())),
        lambda s: s.approves and s.is_barred(),
    ),
    "get the key": (one(lambda t: t.told("grant", PIA, KEY)), lambda s: s.excludes and s.approves),
    "lose the key": (
        one(lambda t: t.ours.send(t.scene.address("gus"), "revoke", t.scene.vault, PIA, KEY)),
        never,
    ),
    "exclude": (one(lambda t: t.told("setConflicts", KEY, APPROVAL)), lambda s: s.has_key and s.approves),
    "exclude the other way": (
        one(lambda t: t.told("setConflicts", APPROVAL, KEY)),
        lambda s: s.has_key and s.approves,
    ),
    "allow": (one(lambda t: t.told("setConflicts", APPROVAL, 0)), never),
    "ask nobody": (one(lambda t: t.change("setRegistry", NOWHERE)), never),
    "ask our registry": (
        one(lambda t: t.change("setRegistry", t.ours.address)),
        lambda s: s.has_key and s.excludes and s.approves,
    ),
    "ask the other registry": (
        one(lambda t: t.change("setRegistry", t.other.address)),
        lambda s: s.approves,
    ),
}


@dataclass(slots=True)
class Search:
    """Every step from every situation, each situation entered once."""

    town: Town
    seen: set[Situation] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)
    barred: set[str] = field(default_factory=set)
    steps: int = 0

    def explore(self, situation: Situation) -> None:
        self.seen.add(situation)
        self.look_for_both(situation)
        for name in STEPS:
            with self.town.scene.chain.isolate():
                reached = self.take(name, situation)
                if reached not in self.seen:
                    self.explore(reached)

    def take(self, name: str, situation: Situation) -> Situation:
        """Return the situation after a step, which is the same where it was refused."""
        step, has_to_be_refused = STEPS[name]
        chain = self.town.scene.chain
        chain.set_next_time(chain.now() + WHILE)
        self.steps += 1
        for outcome in step(self.town):
            if outcome.succeeded:
                continue
            refusal = outcome.revert_data
            if is_conflict(refusal):
                assert has_to_be_refused(situation), (name, situation, from_revert(refusal))
                self.barred.add(name)
            return situation
        assert not has_to_be_refused(situation), (name, situation)
        self.passed.add(name)
        return self.town.look()

    def look_for_both(self, situation: Situation) -> None:
        """Fail where Pia has two duties and one excludes the other, by the registry that the vault asks."""
        vault = self.town.scene.vault
        held = self.town.ours.read("dutiesOf", vault, PIA)
        assert held == (KEY if situation.has_key else 0) | (APPROVAL if situation.approves else 0), situation
        if situation.registry != "none":
            registry = self.town.ours if situation.registry == "ours" else self.town.other
            duties = registry.read("dutiesOf", vault, PIA)
            excluded = sum(
                registry.read("conflictsOf", vault, duty) for duty in (KEY, APPROVAL) if duties & duty
            )
            assert duties & excluded == 0, situation


def is_conflict(refusal: bytes) -> bool:
    return isinstance(from_revert(refusal), (DutyConflict, MemberDutiesConflict))


def test_search__of_all_situations__finds_nobody_with_both(anvil: Anvil) -> None:
    search = Search(town_on(anvil))
    search.explore(search.town.look())
    # Whatever can be refused for it was, and whatever is a step at all was taken.
    assert search.barred == {
        "enter as approver",
        "take an approver's seat",
        "become approver",
        "found a group",
        "get a share",
        "get the key",
        "exclude",
        "exclude the other way",
        "ask our registry",
        "ask the other registry",
    }
    assert search.passed == set(STEPS)
    # As approver 4 statuses alone and 3 in a group, which cannot suspend itself here; 4 as auditor, and 1 without a
    # seat. Each with and without the key, and with and without its exclusion. Asking nobody, she gets everywhere;
    # asking our registry, not to both; asking the other one, she is no approver.
    approving, others = 4 + 3, 4 + 1
    assert len(search.seen) == 4 * (approving + others) + (3 * approving + 4 * others) + 4 * others
    assert search.steps == len(search.seen) * len(STEPS)


def test_search__of_a_vault_that_asks_nobody__would_find_somebody_with_both(anvil: Anvil) -> None:
    """The test of the test: without the vault's question the search above would not pass."""
    town = town_on(anvil)
    town.ours.must(town.scene.vault, "setConflicts", KEY, APPROVAL)
    town.ours.must(town.scene.vault, "grant", PIA, KEY)
    town.scene.must_change("addMember", town.fresh(), PIA, int(Role.APPROVER), HERE.pack())
    situation = town.look()
    assert (situation.has_key, situation.approves, situation.excludes) == (True, True, True)
    pretended = Situation(
        registry="ours",
        is_in_group=False,
        roles=situation.roles,
        status=situation.status,
        has_key=True,
        excludes=True,
    )
    with pytest.raises(AssertionError):
        Search(town).look_for_both(pretended)


# ------------------------------------------------------------------------------------------------------- One by one


def refuses(town: Town, because: VaultError, act: Callable[[], Outcome]) -> None:
    """Fail unless the vault or the registry refuses with exactly this, and nothing changes."""
    if isinstance(because, MemberDutiesConflict):
        town.scene.refuses(because, act)
    else:
        town.ours.refuses(because, act)


@pytest.fixture
def town(anvil: Anvil) -> Town:
    """Our registry is asked; the key excludes approval, and Pia has it."""
    town = town_on(anvil)
    town.scene.must_change("setRegistry", town.ours.address)
    town.ours.must(town.scene.vault, "setConflicts", KEY, APPROVAL)
    town.ours.must(town.scene.vault, "grant", PIA, KEY)
    return town


def test_member__who_would_become_approver_with_the_key__is_refused_by_name(town: Town) -> None:
    because = MemberDutiesConflict(person=PIA, duties=KEY)
    account = town.fresh()
    arguments = (account, PIA, int(Role.APPROVER), HERE.pack())
    refuses(town, because, lambda: town.change("addMember", *arguments))
    town.ours.must(town.scene.address("gus"), "revoke", town.scene.vault, PIA, KEY)
    town.scene.must_change("addMember", *arguments)


def test_founders__of_a_vault_that_asks_a_registry__hold_their_duty_from_the_start(anvil: Anvil) -> None:
    registry = deployed(anvil, "duty_registry")
    scene = usual_scene(anvil, registry=registry.address)
    registry.must(scene.vault, "setConflicts", KEY, APPROVAL)
    ann = scene.actors["ann"].person
    assert registry.read("dutiesOf", scene.vault, ann) == APPROVAL
    because = DutyConflict(person=ann, duty=KEY, conflicting=APPROVAL)
    registry.refuses(because, lambda: registry.send(scene.vault, "grant", ann, KEY))
    amy = scene.actors["amy"].person
    registry.must(scene.vault, "grant", amy, KEY)
    conflict = MemberDutiesConflict(person=amy, duties=KEY)
    both = int(Role.AUDITOR | Role.APPROVER)
    scene.refuses(conflict, lambda: scene.change("setRoles", scene.address("amy"), both))


def test_holder_of_a_group__with_another_duty__is_in_the_way_of_the_whole_group(town: Town) -> None:
    owls = Group.new("owls")
    vault = town.scene.vault
    because = MemberDutiesConflict(person=PIA, duties=KEY)
    refuses(town, because, lambda: town.change("addGroup", *addition(owls, vault, (5, PIA, 500))))
    town.scene.must_change("addGroup", *addition(owls, vault, (5, 500)))
    for holder in (5, 500):
        assert town.ours.read("dutiesOf", vault, holder) == APPROVAL
        conflict = DutyConflict(person=holder, duty=KEY, conflicting=APPROVAL)
        refuses(town, conflict, lambda: town.told("grant", holder, KEY))  # noqa: B023
    refuses(town, because, lambda: town.change("setHolders", owls.account, as_words((5, PIA))))
    # Whoever gives the share back may have the key.
    town.scene.must_change("setHolders", owls.account, as_words((5, 6)))
    town.ours.must(vault, "grant", 500, KEY)


def test_group__from_its_address__revokes_nothing_of_its_holders(town: Town) -> None:
    """A group's only words are FROST signatures."""
    owls = Group.new("owls")
    town.scene.must_change("addGroup", *addition(owls, town.scene.vault, (5, 6)))
    town.ours.must(town.scene.vault, "grant", 5, 2)
    because = DutyCallerUnfit(vault=town.scene.vault, person=5, caller=owls.account)
    refuses(town, because, lambda: town.ours.send(owls.account, "revoke", town.scene.vault, 5, 2))


@pytest.mark.parametrize("order", ["key first", "role first"])
def test_batch__that_would_give_both__does_nothing(anvil: Anvil, order: str) -> None:
    town = town_on(anvil)
    scene = town.scene
    scene.must_change("setRegistry", town.ours.address)
    town.ours.must(scene.vault, "setConflicts", KEY, APPROVAL)
    amy = scene.actors["amy"].person
    both = int(Role.AUDITOR | Role.APPROVER)
    key = call(to=town.ours.address, data=town.ours.data_of("grant", amy, KEY))
    role = call(to=scene.vault, data=data_of("setRoles", scene.address("amy"), both))
    if order == "key first":
        calls, inner = [key, role], data_of_error(MemberDutiesConflict(person=amy, duties=KEY))
    else:
        conflict = DutyConflict(person=amy, duty=KEY, conflicting=APPROVAL)
        calls, inner = [role, key], town.ours.data_of_error(conflict)
    operation = scene.ready("ann", calls)
    scene.refuses(CallFailed(index=1, reason=inner), lambda: scene.execute("ann", operation))
    single = scene.ready("ann", calls[:1], nth=1)
    scene.must(scene.execute("ann", single))


def test_vaults__with_one_registry__do_not_see_each_others_duties(town: Town) -> None:
    """Pia has the key for one vault and approves for the other: they are two custodies."""
    other = scene_of(town.scene.chain, [*usual_scene(town.scene.chain).actors.values()], supermajority=4)
    other.must_change("setRegistry", town.ours.address)
    pia = Actor.new("pia", Role.APPROVER, person=PIA)
    other.must_change("addMember", pia.address, PIA, int(pia.roles), HERE.pack())
    assert town.ours.read("dutiesOf", other.vault, PIA) == APPROVAL
    assert town.ours.read("dutiesOf", town.scene.vault, PIA) == KEY
