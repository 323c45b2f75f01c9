"""What a group is asked, read by the auditor in JavaScript: the same digest as ours for all that there is to ask."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from tests.core.test_group_request import OWLS, REQUESTS
from verifier.decode.content import UnfitError
from verifier.desk.group_request import digest_of_request, encode_request, parse_request
from verifier.model.address import Address
from verifier.model.group_request import ABOUT_OPERATION, GroupRequest, Purpose
from verifier.model.member import Role
from verifier.model.operation import Call, Operation, Publication
from verifier.model.units import ChainId, Epoch, LaneIndex, MemberIndex, Person, Sequence, Timestamp, Wei
from verifier.sign.typed import id_of

SCRIPT: Final = Path(__file__).with_name("asked.mjs")
NOBLE: Final = Path(__file__).parents[2] / "scripts" / "node" / "node_modules"
MANY: Final = 300


def read_by_noble(requests: list[bytes]) -> list[dict[str, Any]]:
    questions = [[each.hex(), OWLS.compressed.hex()] for each in requests]
    done = subprocess.run(
        ["node", str(SCRIPT), str(NOBLE)],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def number(draw: random.Random, bits: int) -> int:
    """Return a number, often at an end of its range, or beyond what JavaScript has as a number."""
    return draw.choice((0, 1, (1 << bits) - 1, draw.getrandbits(bits)))


def random_request(draw: random.Random) -> GroupRequest:
    purpose = draw.choice(list(Purpose))
    calls = tuple(
        Call(
            target=Address(draw.randbytes(20)),
            value=Wei(number(draw, 256)),
            data=draw.randbytes(draw.choice((0, 4, 36, 500))),
        )
        for _ in range(draw.choice((0, 1, 2, 32)))
    )
    operation = Operation(
        calls=calls,
        lane=LaneIndex(number(draw, 16)),
        sequence=Sequence(number(draw, 32)),
        approve_by=Timestamp(number(draw, 40)),
    )
    persons = sorted(draw.sample(range(1, 1 << 32), draw.randint(1, 20)))
    is_about, is_seat = purpose in ABOUT_OPERATION, purpose is Purpose.SUSPEND_SELF
    return GroupRequest(
        purpose=purpose,
        chain_id=ChainId(number(draw, 64)),
        vault=Address(draw.randbytes(20)),
        operation=operation if is_about else None,
        publication=Publication.unpack(number(draw, 64)) if is_about else None,
        ready_at=Timestamp(number(draw, 40)) if purpose is Purpose.EXPEDITE else None,
        seat=MemberIndex(number(draw, 6)) if is_seat else None,
        roster_epoch=Epoch(number(draw, 32)) if is_seat else None,
        roles=Role(number(draw, 6)) if purpose is Purpose.REGISTER else None,
        persons=tuple(map(Person, persons)) if purpose is Purpose.REGISTER else None,
    )


def test_read__any_request__noble_makes_the_digest_that_we_make() -> None:
    draw = random.Random(8)  # noqa: S311 - runs repeat
    requests = [*REQUESTS, *(random_request(draw) for _ in range(MANY))]
    assert {each.purpose for each in requests} == {*Purpose}
    found = read_by_noble([encode_request(each) for each in requests])
    expected = [digest_of_request(each, OWLS.compressed).hex() for each in requests]
    assert [each.get("digest") for each in found] == expected
    assert len({*expected}) == len(requests)
    for request, each in zip(requests, found, strict=True):
        assert each["words"].startswith(request.purpose.value)
        assert str(request.vault) in each["words"]
        about = request.operation
        named = "" if about is None else f", id 0x{id_of(about).hex()}"
        assert each["words"].endswith(f"on chain {int(request.chain_id)}{named}")


def changed(**changes: Any) -> bytes:
    found = json.loads(encode_request(REQUESTS[0])) | changes
    return json.dumps(found, sort_keys=True, separators=(",", ":")).encode("ascii")


WRITTEN: Final = encode_request(REQUESTS[0])


UNFIT: Final = [
    b"",
    b"trial",
    b"{}",
    b"[" * 20_000,
    WRITTEN[:-1],
    WRITTEN + b" ",
    WRITTEN.replace(b'"chain":1', b'"chain":01'),
    WRITTEN.replace(b'"chain":1', b'"chain":1.0'),
    WRITTEN.replace(b'"chain":1', b'"chain":"1"'),
    WRITTEN.replace(b'"chain":1', b'"chain":{"number":"1"}'),
    WRITTEN.replace(b'"chain":1,', b'"chain":2,"chain":1,'),
    changed(version=2),
    changed(chain=-1),
    changed(chain=True),
    changed(chain=1 << 64),
    changed(vault="0x12"),
    changed(vault=json.loads(WRITTEN)["vault"].lower()),
    changed(publication="0x1"),
    changed(operation={}),
    changed(operation={"calls": 7, "lane": 1, "sequence": 1, "approve_by": 1}),
    changed(operation=json.loads(WRITTEN)["operation"] | {"note": "all is well"}),
    changed(operation=json.loads(WRITTEN)["operation"] | {"lane": 1 << 16}),
    changed(more=1),
]


@pytest.fixture(scope="module")
def unfit() -> dict[bytes, dict[str, Any]]:
    return dict(zip(UNFIT, read_by_noble(UNFIT), strict=True))


@pytest.mark.parametrize("place", range(len(UNFIT)))
def test_read__not_what_we_would_read__refused_by_noble_too(
    unfit: dict[bytes, dict[str, Any]], place: int
) -> None:
    with pytest.raises(UnfitError):
        parse_request(UNFIT[place])
    assert "refused" in unfit[UNFIT[place]]
