"""`fourth-signer guard` before it guards: what it says beforehand, and what it refuses in one sentence."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.anvil import Anvil
from tests.guard.command import PASSPHRASE, Post, posted
from tests.stage import ETHER, Stage, call
from tests.watch.scene import PAYEE
from verifier.audit.chain import HashChain
from verifier.cli.guard_hold import FileHold
from verifier.cli.guard_key import Passphrase, open_guard_key, require_opens
from verifier.errors import KeyFileUnusable
from verifier.keys.secret import Secret
from verifier.model.life import Status
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import Checkpoint, WatchStep
from verifier.store.guard_configuration import read_guard_settings
from verifier.store.watch_place import open_watch_store


@pytest.fixture
def post(node: Anvil, founded: Stage, tmp_path: Path) -> Iterator[Post]:
    with node.isolate(), posted(node, founded, tmp_path) as post:
        yield post


def said(text: str) -> str:
    return " ".join(text.split())


def test_check__queue_and_past__what_each_rule_would_do_before_it_is_switched_on(post: Post) -> None:
    stage = post.stage
    for value in (2 * ETHER, ETHER // 2):
        past = stage.operation("ann", [call(to=PAYEE, value=value)])
        stage.must(stage.carry_out("ann", past, ["bob", "cid", "dot"]))
    post.big(nth=1)
    stage.must(stage.propose("ann", stage.operation("ann", [call(to=PAYEE, value=5)], nth=2)))

    ran = post.call("--check")

    assert ran.code == 10, ran
    text = said(ran.out)
    assert "sits in seat 5 and may veto" in text
    assert (
        "big Vetoes, and only rings about a seat operation, where somebody loses more than 1 of the native"
        in text
    )
    assert "odd-hours Rings, and does nothing else, where (it was published" in text
    assert "Would veto lane 1 by the rule big" in text
    assert "Would leave lane 2: " in text
    assert "Of the last 4 operations" in text
    assert "it would have stopped 2 and rung about 0" in text
    assert "Would veto lane 0 (number 1) by the rule big" in text
    assert "Nobody notices if this guard dies" in text
    assert "It explains first, and vetoes once one of these took that: hook." in text
    assert max(map(len, ran.out.splitlines())) <= 80
    assert post.hook.requests == []
    assert not (post.home.path / "guard.sqlite3").exists()


def test_hold_and_resume__by_hand_and_by_touch__said_and_done(post: Post) -> None:
    held = post.call("hold", "--as", "Ann", "--why", "a drill")
    assert held.out.startswith("The guard vetoes nothing from now on. Ann held it at ")
    again = post.call("hold", "--as", "Bob")
    assert "was on hold before" in again.out
    assert "Ann held it" in again.out
    assert "It is on hold: Ann held it" in said(post.call("--check").out)

    operation = post.big()
    with post.running() as guard:
        post.wait_for(guard, lambda: post.told("guard-held") and post.told("guard-rang"))
        status = post.call("status")
        assert "on hold: Ann held it" in said(status.out)
        resumed = post.call("resume", "--as", "Ann")
        assert "the hold is over" in resumed.out
        post.wait_for(guard, lambda: post.told("guard-vetoed"))
        number = post.told("guard-vetoed")[0]["number"]
        assert post.call("ack", str(number), "--as", "Ann").out.startswith(f"Ann knows of number {number}")
        assert post.call("resume").out == "The guard was neither on hold nor stopped.\n"
    assert post.stage.status(operation) is Status.VETOED


def test_start__seat_is_suspended__refused_in_one_sentence(post: Post) -> None:
    post.stage.must(post.stage.send("gus", "suspend", post.stage.address("gus")))

    ran = post.call()

    assert ran.code == 114
    assert "cannot veto at treasury: seat 5 is suspended; nothing is guarded." in ran.sentence
    assert post.call("--check").code == 114


@pytest.mark.parametrize(("who", "code", "words"), [("ida", 114, "it has no seat there"), ("ann", 10, "")])
def test_check__another_key__whether_it_may_veto_and_what_a_thief_could_do(
    post: Post, who: str, code: int, words: str
) -> None:
    from tests.guard.scene import key_of
    from tests.stage import Actor
    from verifier.model.member import Role

    if who not in post.stage.actors:
        post.stage.add(Actor.new(who, Role.GUARDIAN))
    try:
        key_of(post.home.path, post.stage, who)
    finally:
        post.stage.actors.pop("ida", None)
    post.spoil("gus.json", f"{who}.json")

    ran = post.call("--check")

    assert ran.code == code, ran
    assert words in said(ran.out)
    assert ("whoever steals the guard's key can do all of that" in said(ran.out)) is (who == "ann")


def test_start__wrong_passphrase__refused_before_it_guards(post: Post) -> None:
    (post.home.path / "gus.passphrase").write_text("another one\n")

    ran = post.call()

    assert ran.code == 81
    assert "another one" not in ran.sentence
    assert not (post.home.path / "guard.sqlite3").exists()


def test_start__passphrase_in_a_file_that_others_read__refused(post: Post) -> None:
    (post.home.path / "gus.passphrase").chmod(0o644)
    ran = post.call()
    assert ran.code == 80
    assert PASSPHRASE not in ran.sentence


def test_key__passphrase_of_systemd__opens_it(post: Post) -> None:
    post.spoil('passphrase_file = "gus.passphrase"', 'passphrase_credential = "guard"')
    folder = post.home.path / "credentials"
    folder.mkdir()
    (folder / "guard").write_text(PASSPHRASE)
    # As systemd leaves them: an access list for the service shows as the group's.
    (folder / "guard").chmod(0o440)
    settings = read_guard_settings(post.toml, {})

    key = open_guard_key(settings, {"CREDENTIALS_DIRECTORY": str(folder)})
    require_opens(key)
    assert key.address == post.stage.address("gus")
    with pytest.raises(KeyFileUnusable, match="systemd gives no credentials here"):
        open_guard_key(settings, {})


def test_key__passphrase_on_a_descriptor__read_once_and_kept(post: Post) -> None:
    reading, writing = os.pipe()
    os.write(writing, PASSPHRASE.encode() + b"\nand more")
    os.close(writing)
    post.spoil('passphrase_file = "gus.passphrase"', f"passphrase_fd = {reading}")

    key = open_guard_key(read_guard_settings(post.toml, {}))
    require_opens(key)
    require_opens(key)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(reading)


def test_key__nobody_is_there_to_be_asked__refused(post: Post) -> None:
    post.spoil('passphrase_file = "gus.passphrase"', "")
    assert post.call().code == 84


def test_passphrase__in_any_words__shows_nothing() -> None:
    held = Passphrase(lambda _: Secret(PASSPHRASE))
    assert held.give(Shown("it")).reveal() == PASSPHRASE.encode()
    assert PASSPHRASE not in repr(held) + str(held)
    with pytest.raises(TypeError):
        pickle.dumps(held)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("one endpoint", "one endpoint is configured; a guard never vetoes on a single endpoint's word"),
        ("quorum of one", "one of 2 endpoints is enough to be believed"),
        ("one source", "have one address and port"),
    ],
)
def test_start__a_single_endpoints_word__refused(post: Post, change: str, words: str) -> None:
    path = post.home.config
    text = path.read_text()
    urls = [each.url for each in post.endpoints]
    if change == "one endpoint":
        text = text.replace(f'    "{urls[1]}",\n', "").replace("quorum = 2", "quorum = 1")
    elif change == "quorum of one":
        text = text.replace("quorum = 2", "quorum = 1")
    else:
        text = text.replace(urls[1], urls[0].replace("127.0.0.1", "localhost"))
    assert text != path.read_text()
    path.write_text(text)

    for arguments in ((), ("--check",)):
        ran = post.call(*arguments)
        assert ran.code == 115, ran
        assert words in ran.sentence


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('over = "1"', 'ovver = "1"', "`ovver`, which means nothing here; did you mean `over`?"),
        ('over = "1"', 'over = "1.0000000000000000001"', "an amount with at most 18 decimals"),
        ('over = "1"', "over = 1.5", 'in quotes, such as "250000" or "0.5"'),
        ("veto = true", "veto = 1", "true, or false for a rule that only rings"),
        ('name = "odd-hours"', 'name = "big"', "two rules are named big"),
        ('in = "payees"', 'in = "payes"', "did you mean `payees`?"),
        ("[order]", "[ordre]", "did you mean `order`?"),
        ('over = "1", asset = "native"', 'finding = "operation-bytes-missing"', "`bytes_missing_for`"),
        ('over = "1", asset = "native"', 'finding = "code-changed"', "that is one endpoint's claim"),
        ('over = "1", asset = "native"', 'finding = "code-yung"', "did you mean `code-young`?"),
        ('over = "1", asset = "native"', 'function = "f(uint)"', "a signature with whole types"),
        ('passphrase_file = "gus.passphrase"', 'passphrase = "x"', "stands in no configuration"),
        ('holder = "gus.json"', "holder = \"ledger:m/44'/60'/0'/0/0\"", "a guard has nobody"),
        ("[[rules]]", "[[rulez]]", "did you mean `rules`?"),
    ],
)
def test_configuration__something_is_wrong__one_sentence_that_names_it(
    post: Post, before: str, after: str, words: str
) -> None:
    post.spoil(before, after)
    ran = post.call("--check")
    assert ran.code == 113, ran
    assert words in ran.sentence


def test_ack__that_it_stopped__it_stays_so_until_somebody_resumes(post: Post) -> None:
    post.toml.write_text(post.toml.read_text() + "\n[limits]\nan_hour = 1\na_day = 1\n")
    post.big()
    second = post.big(nth=1)
    with post.running() as guard:
        post.wait_for(guard, lambda: post.told("guard-vetoed"))
        (stopped,) = post.wait_for(guard, lambda: post.told("guard-stopped"))
        assert post.call("ack", str(stopped["number"]), "--as", "Ann").code == 0
        assert "Ann knows that it stopped" in post.call("status").out
        assert post.call("status", "--json").record["stopped"] is None
        post.wait_for(guard, lambda: post.told("guard-held"))
    assert post.stage.status(second) is Status.WAITING
    assert len(post.sent()) == 1


def test_start__its_store_is_a_watchers__refused_in_one_sentence(post: Post) -> None:
    chain_id = int(post.chain.rpc("eth_chainId", []), 16)
    place = str(post.home.path / "guard.sqlite3")
    with open_watch_store(place, HashChain(), identity=Shown("watch"), now=Timestamp(1)) as store:
        here = Checkpoint(chain_id=ChainId(chain_id), number=BlockNumber(1), hash=bytes(32))
        store.keep(WatchStep(chain_id=here.chain_id, checkpoint=here), now=Timestamp(1))

    ran = post.home.run("guard", "--config", "guard.toml")

    assert ran.code == 113, ran
    assert "its `store` is a watcher's" in said(ran.err)
    assert "give the guard a store of its own" in said(ran.err)
    assert len(ran.err.splitlines()) == 1


def test_hold__its_file_is_a_link_to_nothing__it_is_on_hold(post: Post) -> None:
    link = post.home.path / "guard.hold"
    link.symlink_to(post.home.path / "nowhere")
    assert "stays so" in post.call("hold", "--as", "Ann").out
    assert "leads nowhere" in str(FileHold(link).why())
    link.unlink()
    assert FileHold(link).why() is None
