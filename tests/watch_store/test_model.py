"""Whatever is kept, undone, delivered and acknowledged, in whatever order: the store is equal to the plain model."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from tests.watch_store.model import Letter, Model
from tests.watch_store.stores import open_file
from tests.watch_store.story import CHAIN, VAULT, at, block, fact, happening, log, look
from verifier.audit.chain import HashChain
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber
from verifier.model.watching import Delivery, Kept, Parcel
from verifier.store.watch_database import EngineDatabase
from verifier.store.watch_tables import OUTBOX

CHANNELS = ("pager", "file")
# In memory where there is such a folder: syncing is not what is looked at here.
FOLDER = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
FOREVER = 1 << 40
LATE = at(1 << 20)
Name = tuple[str, str, Parcel, int]
"""A letter by what it is, whatever its key: channel, happening, parcel, coming."""


class StoreEqualsModel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=FOLDER)
        self.path = Path(self.folder.name) / "watch.sqlite3"
        self.store = open_file(self.path)
        self.model = Model()
        self.height = 0
        self.fork = 0
        self.out: list[tuple[str, Delivery]] = []

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @initialize()
    def begin(self) -> None:
        self._keep(1, undone=0, told=(), facts=(), final=None, retracted=())

    @rule(
        blocks=st.integers(1, 3),
        undone=st.sampled_from((0, 0, 1, 2, 5)),
        told=st.lists(
            st.tuples(st.integers(1, 4), st.sampled_from("ab"), st.sampled_from(CHANNELS)), max_size=3
        ),
        facts=st.lists(st.tuples(st.integers(1, 2), st.sampled_from("xyz")), max_size=2),
        final=st.none() | st.integers(0, 6),
        retracted=st.lists(st.integers(1, 4), max_size=1),
    )
    def keep(
        self,
        blocks: int,
        undone: int,
        told: list[tuple[int, str, str]],
        facts: list[tuple[int, str]],
        final: int | None,
        retracted: list[int],
    ) -> None:
        self._keep(blocks, undone=undone, told=told, facts=facts, final=final, retracted=retracted)

    def _keep(
        self,
        blocks: int,
        *,
        undone: int,
        told: list[tuple[int, str, str]] | tuple[()],
        facts: list[tuple[int, str]] | tuple[()],
        final: int | None,
        retracted: list[int] | tuple[()],
    ) -> None:
        base = max(self.height - undone, 0)
        self.fork += undone > 0
        self.height = base + blocks
        heights = range(base + 1, self.height + 1)
        # The same number in one step has one sentence.
        said = {number: words for number, words, _ in told}
        seen = {
            n: happening(n, self.height, said=f"It is {w}.", fork=self.fork % 250) for n, w in said.items()
        }
        letters = {(number, channel) for number, _, channel in told}
        step = look(
            self.height,
            *seen.values(),
            channels=(),
            fork=self.fork % 250,
            blocks=tuple(block(height, self.fork % 250) for height in heights),
            events=tuple(log(height, fork=self.fork % 250) for height in heights),
            facts=tuple(fact(f"seat/{n}", value, self.height, fork=self.fork % 250) for n, value in facts),
            unwound_to=BlockNumber(base) if undone else None,
            final=None if final is None else BlockNumber(base - final),
            retracted=tuple(happening(n, 1).key for n in retracted if n not in said),
            deliveries=tuple(
                Delivery(
                    key=f"{channel}:{seen[n].key}:alert",
                    channel=channel,
                    parcel=Parcel.ALERT,
                    happening=seen[n],
                    created_at=at(0),
                    due_at=at(0),
                )
                for n, channel in sorted(letters)
            ),
        )
        note(f"{step}")
        new = self.store.keep(step, now=at(self.height))
        assert [kept.happening.key for kept in new] == sorted(self.model.keep(step), key=self._number)

    def _number(self, key: str) -> int:
        return next(k.number for k in self._all() if k.happening.key == key)

    def _all(self) -> list[Kept]:
        return list(self.store.happenings(at(-FOREVER), at(FOREVER), least=Severity.INFO))

    @rule(channel=st.sampled_from(CHANNELS))
    def claim(self, channel: str) -> None:
        given = self.store.claim(channel, "me", now=LATE, most=100)
        keys = {key for key in self.model.claimable() if self.model.letters[key].delivery.channel == channel}
        found = {self._name_of(delivery): delivery for delivery in given}
        assert set(found) == {self._name(self.model.letters[key]) for key in keys}
        assert len(found) == len(given)
        for key in keys:
            letter = self.model.letters[key]
            delivery = found[self._name(letter)]
            assert delivery.happening
            assert delivery.happening == self.model.rows[delivery.happening.key].happening
            self.out.append((key, delivery))
        self.model.give_out(keys)

    @precondition(lambda self: bool(self.out))
    @rule(data=st.data(), works=st.booleans())
    def finish(self, data: st.DataObject, works: bool) -> None:
        key, delivery = self.out.pop(data.draw(st.integers(0, len(self.out) - 1)))
        if works:
            self.store.delivered(delivery, now=LATE, reply=Shown("ok"))
            self.model.delivered(key)
        else:
            self.store.failed(delivery, now=LATE, why=Shown("no"), retry_at=LATE)
            self.model.failed(key)

    @precondition(lambda self: bool(self.model.rows))
    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.rows)))
        self.store.acknowledge(self._number(key), who=Shown("ann"), now=at(0))
        self.model.acknowledge(key)

    @rule()
    def begin_again(self) -> None:
        """The process dies; what it had claimed is free for the next one."""
        self.store.close()
        self.store = open_file(self.path)
        self.out = []
        for letter in self.model.letters.values():
            letter.is_out = False

    @invariant()
    def chain_is_equal(self) -> None:
        assert self.store.checkpoint(CHAIN) == self.model.checkpoint
        blocks = sorted(self.model.blocks.values(), key=lambda each: -each.number)
        assert list(self.store.blocks(CHAIN, BlockNumber(-1))) == blocks
        events = [self.model.events[place] for place in sorted(self.model.events)]
        assert list(self.store.events(CHAIN, BlockNumber(0), BlockNumber(FOREVER))) == events
        assert self.store.facts(CHAIN, VAULT) == self.model.facts()
        below = BlockNumber(max(self.height - 2, 0))
        assert self.store.facts(CHAIN, VAULT, up_to=below) == self.model.facts(below)

    @invariant()
    def happenings_are_equal(self) -> None:
        found = {
            k.happening.key: (k.happening, k.standing, k.acknowledged_by is not None) for k in self._all()
        }
        assert found == {
            key: (row.happening, row.standing, row.is_acknowledged) for key, row in self.model.rows.items()
        }
        episodes = {row.happening.episode for row in self.model.rows.values()}
        assert self.store.told(episodes) == self.model.told()

    @invariant()
    def outbox_is_equal(self) -> None:
        assert isinstance(self.store._database, EngineDatabase)
        rows = self.store._database.read(lambda connection: connection.execute(select(OUTBOX)).all())
        found = Counter((r.channel, r.happening, Parcel(r.parcel), r.coming, r.state) for r in rows)
        assert found == Counter((*self._name(each), each.state) for each in self.model.letters.values())

    @invariant()
    def audit_log_holds(self) -> None:
        assert self.store.with_audit(lambda records, head: HashChain().verify(records, head=head[1])) > 0

    def _name(self, letter: Letter) -> Name:
        assert letter.delivery.happening
        return (
            letter.delivery.channel,
            letter.delivery.happening.key,
            letter.delivery.parcel,
            letter.coming,
        )

    def _name_of(self, delivery: Delivery) -> Name:
        assert delivery.happening
        _, _, coming = delivery.key.partition("#")
        return delivery.channel, delivery.happening.key, delivery.parcel, int(coming or 1)


TestStoreEqualsModel = StoreEqualsModel.TestCase
TestStoreEqualsModel.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
