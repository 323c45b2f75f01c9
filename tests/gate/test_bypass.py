"""Past a gate with one person's word: for good in the record, counted, and reviewed by somebody who took no part."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.gate.house import DAY, HOUR, NOW, TOP, House, policy_text
from tests.gate.refusals import refuses
from verifier.deploy.gate.record import ReleaseRecord
from verifier.deploy.gate.release import record_bypass, record_change_bypass, record_review
from verifier.model.text import Shown
from verifier.model.units import ChainId, Timestamp
from verifier.model.watching import AuditRecord

REASON = hashlib.sha256(b"the bridge burns").hexdigest()
FINDINGS = "ab" * 32


@pytest.fixture
def pinned(house: House) -> House:
    """Return a project whose policy pins the head of its record."""
    house.adopt(policy_text(TOP + f'head = "0x{house.head()}"\n'), "ann-1", "ben-1")
    return house


def bypass(house: House, kid: str = "ann-1", now: int = NOW, **changes: Any) -> AuditRecord:
    times = {"iat": now, "nbf": now, "exp": now + HOUR}
    token = house.token(kid, **{"purpose": "bypass", "reason": REASON, **times, **changes})
    return record_bypass(
        house.gate(),
        commit="HEAD",
        file=house.file,
        content=house.file.read_bytes(),
        network="mainnet",
        chain_id=ChainId(1),
        token=token,
        reason=REASON,
        words="the bridge burns",
        now=Timestamp(now),
    )


def review(house: House, of: AuditRecord, kid: str, now: int = NOW, **changes: Any) -> AuditRecord:
    about = {"bypass": of.hash.hex(), "justified": True, "findings": FINDINGS}
    refreshed = {"iat": now, "nbf": now, "exp": now + HOUR}
    token = house.token_for("review", kid, **{**about, **refreshed, **changes})
    return record_review(
        house.gate(),
        bypass=of.hash.hex(),
        is_justified=True,
        findings=FINDINGS,
        token=token,
        now=Timestamp(now),
    )


def renew(house: House, now: int) -> None:
    """Look the list of revocations over again."""
    moment = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    house.write("revocations.toml", f"version = 1\nas_of = {moment}\n")
    house.commit("Look them over")


def test_bypass__one_person__recorded_with_who_took_part(pinned: House) -> None:
    entry = bypass(pinned)
    assert (entry.kind, entry.identity) == ("bypass", "ann")
    assert json.loads(entry.body)["words"] == "the bridge burns"
    state, _ = pinned.gate().record.read()
    (found,) = state.bypasses
    assert (found.hash, found.is_justified) == (entry.hash, None)
    assert found.took_part == {"ann", "dave"}
    # What nobody reviewed with two people was not released.
    assert state.last_released is None


def test_bypass__one_who_wrote_it__allowed_and_named(pinned: House) -> None:
    pinned.change("ann")
    bypass(pinned)
    state, _ = pinned.gate().record.read()
    assert state.bypasses[0].took_part == {"ann", "dave"}


def test_bypass__a_commit_by_somebody_unknown__no_hindrance(pinned: House) -> None:
    pinned.change("nobody@example.com")
    assert bypass(pinned).kind == "bypass"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"reason": "cd" * 32}, "wrong-reason"),
        ({"commit": "ab" * 20}, "wrong-commit"),
        ({"network": "base", "chain": 8453}, "wrong-network"),
        ({"purpose": "release", "reason": None}, "purpose"),
        ({"exp": NOW + DAY + 1}, "lifetime"),
    ],
)
def test_bypass__a_token_for_something_else__refused(
    pinned: House, changes: dict[str, Any], rule: str
) -> None:
    refuses(pinned, rule, lambda: bypass(pinned, **changes))


def test_bypass__of_a_changed_checkout__refused(pinned: House) -> None:
    pinned.write("contracts/Vault.sol", "// mine\n")
    refuses(pinned, "checkout-unclean", lambda: bypass(pinned))


def test_bypass__a_bypass_token__is_no_release(pinned: House) -> None:
    one = pinned.token("ann-1", purpose="bypass", reason=REASON)
    refuses(pinned, "purpose", lambda: pinned.release(one, pinned.token("ben-1")))


def test_bypass__where_no_head_is_pinned__refused(house: House) -> None:
    refuses(house, "record-unpinned", lambda: bypass(house))


def test_bypass__in_a_record_of_ones_own__refused(pinned: House) -> None:
    pinned.record.unlink()
    pinned.gate().record.start(pinned.policy.as_written, now=Timestamp(NOW - DAY), nonce=bytes([7] * 16))
    refuses(pinned, "record-other", lambda: bypass(pinned))


# -------------------------------------------------------------------------------------------------------------- Counted


def test_bypass__one_is_unreviewed_for_too_long__refused_until_it_is(pinned: House) -> None:
    first = bypass(pinned)
    late = NOW + 72 * HOUR + 1
    renew(pinned, late)
    assert bypass(pinned, "ben-1", now=late - 1).kind == "bypass"
    refuses(pinned, "bypass-overdue", lambda: bypass(pinned, "ben-1", now=late))
    review(pinned, first, "cleo-1", now=late)
    assert bypass(pinned, "ben-1", now=late).kind == "bypass"


def test_bypass__three_within_thirty_days__the_fourth_waits_for_a_review(pinned: House) -> None:
    entries = [bypass(pinned, now=NOW + at) for at in range(3)]
    refuses(pinned, "bypass-limit", lambda: bypass(pinned, now=NOW + 3))
    for entry in entries[:2]:
        review(pinned, entry, "cleo-1", now=NOW + 4)
        refuses(pinned, "bypass-limit", lambda: bypass(pinned, now=NOW + 5))
    review(pinned, entries[2], "cleo-1", now=NOW + 6)
    assert bypass(pinned, now=NOW + 7).kind == "bypass"


def test_bypass__of_both_gates__counted_together(pinned: House) -> None:
    for at in range(3):
        change(pinned, now=NOW + at)
    refuses(pinned, "bypass-limit", lambda: bypass(pinned, now=NOW + 3))


# ------------------------------------------------------------------------------------------------------------- Reviewed


def test_review__by_one_who_took_no_part__told_with_the_verdict(pinned: House) -> None:
    entry = bypass(pinned)
    review(pinned, entry, "cleo-1")
    state, _ = pinned.gate().record.read()
    assert (state.bypasses[0].is_justified, state.bypasses[0].reviewer) == (True, "cleo")


def test_review__by_whoever_authorised_it__refused(pinned: House) -> None:
    entry = bypass(pinned)
    refuses(pinned, "review-participant", lambda: review(pinned, entry, "ann-2"))


def test_review__by_whoever_wrote_it__refused(pinned: House) -> None:
    pinned.change("cleo")
    entry = bypass(pinned)
    refuses(pinned, "review-participant", lambda: review(pinned, entry, "cleo-1"))
    assert review(pinned, entry, "ben-1").identity == "ben"


def test_review__twice_or_of_nothing__refused(pinned: House) -> None:
    entry = bypass(pinned)
    review(pinned, entry, "cleo-1")
    refuses(pinned, "review-nothing", lambda: review(pinned, entry, "ben-1"))
    _, records = pinned.gate().record.read()
    refuses(pinned, "review-nothing", lambda: review(pinned, records[0], "ben-1"))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"justified": False}, "wrong-justified"),
        ({"findings": "cd" * 32}, "wrong-findings"),
        ({"bypass": "cd" * 32}, "wrong-bypass"),
        ({"justified": 1}, "token-claims"),
    ],
)
def test_review__a_token_that_says_something_else__refused(
    pinned: House, changes: dict[str, Any], rule: str
) -> None:
    entry = bypass(pinned)
    refuses(pinned, rule, lambda: review(pinned, entry, "cleo-1", **changes))


# --------------------------------------------------------------------------------------------------------- Second gate


def change(house: House, kid: str = "ann-1", now: int = NOW, **changes: Any) -> AuditRecord:
    about = {"commit": "ab" * 20, "repository": "example/vaults", "pull": 12, "reason": REASON}
    times = {"iat": now, "nbf": now, "exp": now + HOUR}
    token = house.token_for("change-bypass", kid, **{**about, **times, **changes})
    return record_change_bypass(house.gate(), **about, token=token, now=Timestamp(now))  # type: ignore[arg-type]


def test_change_bypass__one_person__recorded(pinned: House) -> None:
    entry = change(pinned)
    assert (entry.kind, entry.identity) == ("change-bypass", "ann")


@pytest.mark.parametrize(
    ("name", "value"), [("pull", 13), ("repository", "example/other"), ("commit", "cd" * 20)]
)
def test_change_bypass__of_another_change__refused(pinned: House, name: str, value: Any) -> None:
    refuses(pinned, f"wrong-{name}", lambda: change(pinned, **{name: value}))


def test_bypass__written_to_the_file_by_hand__breaks_it(pinned: House, tmp_path: Path) -> None:
    bypass(pinned)
    text = pinned.record.read_text()
    assert ReleaseRecord(pinned.record, Shown("x")).read()
    pinned.record.write_text(text.replace("the bridge burns", "the bridge burnt"))
    with pytest.raises(Exception, match="broken at entry 3"):
        ReleaseRecord(pinned.record, Shown("x")).read()
