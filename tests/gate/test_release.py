"""Two people release: what opens the gate, and its neighbours that differ in one thing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.gate.house import DAY, HOUR, NOW, TOP, House, build_house, claims, policy_text, signed
from tests.gate.refusals import refused, refuses
from verifier.deploy.gate.bypass import record_policy
from verifier.errors import RepositoryUnreadable
from verifier.model.units import ChainId, Timestamp


def test_release__two_people_who_wrote_nothing__recorded_with_their_tokens(house: House) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    found = house.release(*tokens)
    assert found.people == ("ann", "ben")
    assert found.commit == house.git("rev-parse", "HEAD")
    assert found.entry is not None
    body = json.loads(found.entry.body)
    assert body["tokens"] == list(tokens)
    assert body["writers"] == ["dave"]
    assert body["file"] == hashlib.sha256(house.file.read_bytes()).hexdigest()
    state, _ = house.gate().record.read()
    assert state.last_released == found.commit
    assert state.head == found.entry.hash


def test_release__three_people__all_three_in_the_record(house: House) -> None:
    found = house.release(house.token("ann-1"), house.token("ben-1"), house.token("cleo-1"))
    assert found.people == ("ann", "ben", "cleo")


def test_release__a_trial__nothing_spent(house: House) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    before = house.record.read_bytes()
    assert house.release(*tokens, is_trial=True).entry is None
    assert house.record.read_bytes() == before
    assert house.release(*tokens).entry is not None
    refuses(house, "spent", lambda: house.release(*tokens, is_trial=True))


def test_release__the_same_tokens_again__refused(house: House) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    house.release(*tokens)
    refuses(house, "spent", lambda: house.release(*tokens))


def test_release__one_of_them_again_with_a_new_one__refused(house: House) -> None:
    used = house.token("ann-1")
    house.release(used, house.token("ben-1"))
    refuses(house, "spent", lambda: house.release(used, house.token("cleo-1")))


@pytest.mark.parametrize("kids", [(), ("ann-1",)])
def test_release__fewer_than_two__refused(house: House, kids: tuple[str, ...]) -> None:
    refuses(house, "too-few", lambda: house.release(*map(house.token, kids)))


def test_release__two_keys_of_one_person__refused(house: House) -> None:
    refuses(house, "same-person", lambda: house.release(house.token("ann-1"), house.token("ann-2")))
    assert house.release(house.token("ann-2"), house.token("ben-1")).people == ("ann", "ben")


def test_release__one_token_given_twice__refused(house: House) -> None:
    one = house.token("ann-1")
    refuses(house, "spent", lambda: house.release(one, one))


def test_release__two_people_and_one_of_them_twice__refused(house: House) -> None:
    tokens = map(house.token, ("ann-1", "ben-1", "ann-2"))
    refuses(house, "same-person", lambda: house.release(*tokens))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"commit": "0" * 40}, "wrong-commit"),
        ({"file": "0" * 64}, "wrong-file"),
        ({"network": "base"}, "wrong-network"),
        ({"chain": 8453}, "wrong-chain"),
        ({"network": "base", "chain": 8453}, "wrong-network"),
        ({"record": "0" * 64}, "record-other"),
    ],
)
def test_release__a_token_about_something_else__refused(
    house: House, changes: dict[str, object], rule: str
) -> None:
    good = house.token("ann-1")
    refuses(house, rule, lambda: house.release(good, house.token("ben-1", **changes)))
    assert house.release(good, house.token("ben-1")).entry is not None


def test_release__of_a_commit_that_came_after__refused(house: House) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    house.change()
    refuses(house, "wrong-commit", lambda: house.release(*tokens))


def test_release__tokens_for_one_network_at_another__refused(house: House) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    refuses(house, "wrong-network", lambda: house.release(*tokens, network="base", chain_id=ChainId(8453)))


def test_release__a_chain_that_is_not_the_networks__refused(house: House) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    refuses(house, "network-other", lambda: house.release(*tokens, chain_id=ChainId(8453)))
    refuses(house, "network-unknown", lambda: house.release(*tokens, network="Mainnet"))


def test_release__to_a_test_network__nobody_is_needed_and_nothing_recorded(house: House) -> None:
    before = house.record.read_bytes()
    found = house.release(network="sepolia", chain_id=ChainId(11155111))
    assert (found.people, found.entry, found.network.is_production) == ((), None, False)
    assert house.record.read_bytes() == before
    # A production chain under the name of a test network is no way around.
    refuses(house, "network-other", lambda: house.release(network="sepolia", chain_id=ChainId(1)))


# ---------------------------------------------------------------------------------------------------------------- Time


@pytest.mark.parametrize("now", [NOW - 60, NOW, NOW + HOUR + 59])
def test_release__within_their_time__released(house: House, now: int) -> None:
    assert house.release(house.token("ann-1"), house.token("ben-1"), now=now).entry is not None


@pytest.mark.parametrize(("now", "rule"), [(NOW - 61, "not-yet-valid"), (NOW + HOUR + 60, "expired")])
def test_release__outside_of_their_time__refused(house: House, now: int, rule: str) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    refuses(house, rule, lambda: house.release(*tokens, now=now))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"exp": NOW + DAY + 1}, "lifetime"),
        ({"iat": NOW - DAY, "exp": NOW + HOUR}, "lifetime"),
        ({"nbf": NOW - 1}, "token-times"),
        ({"exp": int(NOW)}, "token-times"),
        ({"iat": NOW + 600, "nbf": NOW + 600}, "not-yet-valid"),
    ],
)
def test_release__times_that_the_policy_does_not_allow__refused(
    house: House, changes: dict[str, object], rule: str
) -> None:
    refuses(house, rule, lambda: house.release(house.token("ann-1"), house.token("ben-1", **changes)))


def test_release__the_longest_that_is_allowed__released(house: House) -> None:
    assert house.release(house.token("ann-1", exp=NOW + DAY), house.token("ben-1")).entry is not None


def test_release__a_clock_that_was_put_back__refused(house: House) -> None:
    house.release(house.token("ann-1"), house.token("ben-1"), now=NOW + HOUR)
    tokens = (house.token("ann-1", jti="0" * 32), house.token("ben-1", jti="1" * 32))
    refuses(house, "clock-back", lambda: house.release(*tokens, now=NOW + HOUR - 61))
    assert house.release(*tokens, now=NOW + HOUR - 60).entry is not None


# ---------------------------------------------------------------------------------------------------------------- File


def test_release__bytes_that_are_not_the_commits__refused(house: House) -> None:
    content = house.file.read_bytes() + b"\n"
    digest = hashlib.sha256(content).hexdigest()
    tokens = (house.token("ann-1", file=digest), house.token("ben-1", file=digest))
    refuses(house, "file-other", lambda: house.release(*tokens, content=content))


def test_release__a_file_that_is_not_in_the_commit__refused(house: House) -> None:
    house.write(".gitignore", "vault.toml\n")
    house.git("rm", "--quiet", "--cached", "vault.toml")
    house.commit()
    tokens = (house.token("ann-1"), house.token("ben-1"))
    refuses(house, "file-untracked", lambda: house.release(*tokens))


def test_release__another_commit_than_the_one_checked_out__refused(house: House) -> None:
    first = house.git("rev-parse", "HEAD")
    house.change()
    tokens = (house.token("ann-1", commit=first), house.token("ben-1", commit=first))
    refuses(house, "head-other", lambda: house.release(*tokens, commit=first))


@pytest.mark.parametrize("name", ["--all", "", "no-such-commit", "HEAD:vault.toml", "\x00"])
def test_release__a_name_that_is_no_commits__refused(house: House, name: str) -> None:
    with pytest.raises(RepositoryUnreadable):
        house.release(house.token("ann-1"), house.token("ben-1"), commit=name)


# -------------------------------------------------------------------------------------------------------------- Policy


def test_release__a_policy_that_nobody_adopted__refused(house: House) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    house.policy_path.write_text(policy_text(TOP + "# mine\n"))
    refuses(house, "policy-other", lambda: house.release(*tokens))


def test_policy__a_person_who_adds_one_of_their_own__not_in_force(house: House) -> None:
    # Whoever may write to the repository names somebody else, whose key is their own second one.
    changed = policy_text().replace(
        '[[people.ann.keys]]\nkid = "ann-2"', '[[people.eve.keys]]\nkid = "ann-2"'
    )
    house.policy_path.write_text(changed + '\n[people.eve]\nemails = ["eve@example.org"]\n')
    house.commit()
    token = house.token("ann-1")
    eve = signed("ann-2", claims("eve", **house.matter()))
    refuses(house, "policy-other", lambda: house.release(token, eve))


def test_policy__two_people_adopt_another__in_force_from_then_on(house: House) -> None:
    text = policy_text(TOP.replace('"contracts"', '"contracts", "README.md"'))
    house.adopt(text, "ann-1", "ben-1")
    assert house.release(house.token("ann-1"), house.token("ben-1")).entry is not None
    assert house.gate().policy.deployed == ("contracts", "README.md")


@pytest.mark.parametrize(
    ("kids", "changes", "rule"),
    [
        (("ann-1",), {}, "too-few"),
        (("ann-1", "ann-2"), {}, "same-person"),
        (("ann-1", "ben-1"), {"policy": "0" * 64}, "wrong-policy"),
    ],
)
def test_policy__without_two_people_for_this_one__not_adopted(
    house: House, kids: tuple[str, ...], changes: dict[str, object], rule: str
) -> None:
    text = policy_text(TOP + "# another\n")
    refuses(house, rule, lambda: house.adopt(text, *kids, **changes))


def test_policy__a_token_for_a_release__adopts_nothing(house: House) -> None:
    text = policy_text(TOP + "# another\n")
    tokens = [house.token("ann-1"), house.token("ben-1")]
    refuses(house, "purpose", lambda: record_policy(house.gate(), text, tokens=tokens, now=Timestamp(NOW)))


def test_policy__that_pins_a_head__a_record_without_it_opens_nothing(tmp_path: Path) -> None:
    house = build_house(tmp_path, top=TOP + f'head = "0x{"ab" * 32}"\n')
    with refused("record-other"):
        house.release(house.token("ann-1"), house.token("ben-1"))
