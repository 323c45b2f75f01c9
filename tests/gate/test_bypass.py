"""Past a gate with one person's word: for good in the record, counted, and reviewed by somebody who took no part."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.gate.house import DAY, HOUR, NOW, House
from tests.gate.refusals import refuses
from verifier.deploy.gate.bypass import record_bypass, record_change_bypass, record_review
from verifier.deploy.gate.record import ReleaseRecord
from verifier.errors import RepositoryUnreadable
from verifier.model.text import Shown
from verifier.model.units import ChainId, Timestamp
from verifier.model.watching import AuditRecord

REASON = hashlib.sha256(b"the bridge burns").hexdigest()
FINDINGS = "ab" * 32


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


def test_bypass__one_person__recorded_with_who_took_part(house: House) -> None:
    entry = bypass(house)
    assert (entry.kind, entry.identity) == ("bypass", "ann")
    assert json.loads(entry.body)["words"] == "the bridge burns"
    state, _ = house.gate().record.read()
    (found,) = state.bypasses
    assert (found.hash, found.is_justified) == (entry.hash, None)
    assert found.took_part == {"ann", "dave"}
    # What nobody reviewed with two people was not released.
    assert state.last_released is None


def test_bypass__one_who_wrote_it__allowed_and_named(house: House) -> None:
    house.change("ann")
    bypass(house)
    state, _ = house.gate().record.read()
    assert state.bypasses[0].took_part == {"ann", "dave"}


def test_bypass__a_commit_by_somebody_unknown__no_hindrance(house: House) -> None:
    house.change("nobody@example.com")
    assert bypass(house).kind == "bypass"


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
    house: House, changes: dict[str, Any], rule: str
) -> None:
    refuses(house, rule, lambda: bypass(house, **changes))


def test_bypass__of_a_changed_checkout__refused(house: House) -> None:
    house.write("contracts/Vault.sol", "// mine\n")
    refuses(house, "checkout-unclean", lambda: bypass(house))


def test_bypass__a_bypass_token__is_no_release(house: House) -> None:
    one = house.token("ann-1", purpose="bypass", reason=REASON)
    refuses(house, "purpose", lambda: house.release(one, house.token("ben-1")))


def test_bypass__in_a_record_of_ones_own__refused(house: House) -> None:
    house.record.unlink()
    house.begin(bytes([7] * 16))
    refuses(house, "record-other", lambda: bypass(house))


# -------------------------------------------------------------------------------------------------------------- Counted


def test_bypass__one_is_unreviewed_for_too_long__refused_until_it_is(house: House) -> None:
    first = bypass(house)
    late = NOW + 72 * HOUR + 1
    renew(house, late)
    assert bypass(house, "ben-1", now=late - 1).kind == "bypass"
    refuses(house, "bypass-overdue", lambda: bypass(house, "ben-1", now=late))
    review(house, first, "cleo-1", now=late)
    assert bypass(house, "ben-1", now=late).kind == "bypass"


def test_bypass__three_within_thirty_days__the_fourth_waits_for_a_review(house: House) -> None:
    entries = [bypass(house, now=NOW + at) for at in range(3)]
    refuses(house, "bypass-limit", lambda: bypass(house, now=NOW + 3))
    for entry in entries[:2]:
        review(house, entry, "cleo-1", now=NOW + 4)
        refuses(house, "bypass-limit", lambda: bypass(house, now=NOW + 5))
    review(house, entries[2], "cleo-1", now=NOW + 6)
    assert bypass(house, now=NOW + 7).kind == "bypass"


def test_bypass__of_both_gates__counted_together(house: House) -> None:
    for at in range(3):
        change(house, now=NOW + at)
    refuses(house, "bypass-limit", lambda: bypass(house, now=NOW + 3))


# ------------------------------------------------------------------------------------------------------------- Reviewed


def test_review__by_one_who_took_no_part__told_with_the_verdict(house: House) -> None:
    entry = bypass(house)
    review(house, entry, "cleo-1")
    state, _ = house.gate().record.read()
    assert (state.bypasses[0].is_justified, state.bypasses[0].reviewer) == (True, "cleo")


def test_review__by_whoever_authorised_it__refused(house: House) -> None:
    entry = bypass(house)
    refuses(house, "review-participant", lambda: review(house, entry, "ann-2"))


def test_review__by_whoever_wrote_it__refused(house: House) -> None:
    house.change("cleo")
    entry = bypass(house)
    refuses(house, "review-participant", lambda: review(house, entry, "cleo-1"))
    assert review(house, entry, "ben-1").identity == "ben"


def test_review__twice_or_of_nothing__refused(house: House) -> None:
    entry = bypass(house)
    review(house, entry, "cleo-1")
    refuses(house, "review-nothing", lambda: review(house, entry, "ben-1"))
    _, records = house.gate().record.read()
    refuses(house, "review-nothing", lambda: review(house, records[0], "ben-1"))


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
    house: House, changes: dict[str, Any], rule: str
) -> None:
    entry = bypass(house)
    refuses(house, rule, lambda: review(house, entry, "cleo-1", **changes))


# --------------------------------------------------------------------------------------------------------- Second gate


def change(house: House, kid: str = "ann-1", now: int = NOW, head: str = "", **changes: Any) -> AuditRecord:
    head = head or house.git("rev-parse", "HEAD")
    about = {"commit": head, "repository": "example/vaults", "pull": 12, "reason": REASON}
    times = {"iat": now, "nbf": now, "exp": now + HOUR}
    token = house.token_for("change-bypass", kid, **{**about, **times, **changes})
    return record_change_bypass(house.gate(), **about, token=token, now=Timestamp(now))  # type: ignore[arg-type]


def test_change_bypass__one_person__recorded(house: House) -> None:
    entry = change(house)
    assert (entry.kind, entry.identity) == ("change-bypass", "ann")


@pytest.mark.parametrize(
    ("name", "value"), [("pull", 13), ("repository", "example/other"), ("commit", "cd" * 20)]
)
def test_change_bypass__of_another_change__refused(house: House, name: str, value: Any) -> None:
    refuses(house, f"wrong-{name}", lambda: change(house, **{name: value}))


def test_change_bypass__whoever_wrote_what_is_new_in_it__does_not_review_it(house: House) -> None:
    base = house.git("rev-parse", "HEAD")
    house.change("ben", message="Change it\n\nCo-authored-by: Cleo <cleo@example.org>")
    house.change("nobody@example.com", committer="dave")
    head = house.git("rev-parse", "HEAD")
    house.git("checkout", "--quiet", base)
    entry = change(house, head=head)
    state, _ = house.gate().record.read()
    assert state.bypasses[0].took_part == {"ann", "ben", "cleo", "dave"}
    refuses(house, "review-participant", lambda: review(house, entry, "cleo-1"))


def test_change_bypass__of_a_head_that_is_not_here__refused(house: House) -> None:
    with pytest.raises(RepositoryUnreadable):
        change(house, head="ab" * 20)


def test_bypass__written_to_the_file_by_hand__breaks_it(house: House, tmp_path: Path) -> None:
    bypass(house)
    text = house.record.read_text()
    assert ReleaseRecord(house.record, Shown("x")).read()
    house.record.write_text(text.replace("the bridge burns", "the bridge burnt"))
    with pytest.raises(Exception, match="broken at entry 2"):
        ReleaseRecord(house.record, Shown("x")).read()
