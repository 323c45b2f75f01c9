"""Groups whose holders are processes of their own: signing and the making of a key over HTTPS on this machine."""

from __future__ import annotations

import contextlib
import hashlib
import io
import secrets
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.bench.report import BenchError, Row
from tests.holders.company import Company
from tests.holders.forked import Forker, forking
from verifier.cli.frost_convening import Convened, convene
from verifier.frost.signing import Stage
from verifier.model.text import Shown
from verifier.store.group_file import key_of

_TURNS: Final = 7
NOTES: Final = """\
By processes: every holder is a process with its share sealed on disk, a box over TLS 1.3 with both certificates
pinned, records that are on the disk before anything leaves, and agrees to what it is asked, so that no reading of a
vault is in the times. Lines are open before; a signing is from the invitation to the verified signature. The making of
a key is the whole command, with the opening of the lines, shares that each holder seals and stores twice (passphrases
were stretched before), and the trial signature."""


def measure_processes(say: Callable[[str], None]) -> list[Row]:
    """Return the rows about processes."""
    with tempfile.TemporaryDirectory() as folder:
        say("signing, 3 of 5, between processes")
        with _company(Path(folder) / "five", 3, 5) as (company, _), _quiet():
            company.must("keygen", str(company.desk))
            signing = min(_sign_often(company))
        say("the making of a key of 10, between processes")
        with _company(Path(folder) / "ten", 7, 10) as (company, _), _quiet():
            began = time.perf_counter()
            company.must("keygen", str(company.desk), "--patience", "120")
            making = (time.perf_counter() - began) * 1_000
    signed, made = "signing, 3 of 5, by processes", "making a key, 7 of 10, by processes"
    return [
        Row(name=signed, ours=round(signing, 1), peer=None, unit="ms", most=300),
        Row(name=made, ours=round(making), peer=None, unit="ms", most=3_000),
    ]


@contextmanager
def _company(path: Path, threshold: int, holders: int) -> Iterator[tuple[Company, Forker]]:
    with _quiet():
        company = Company.of(path, threshold=threshold, holders=holders, stretch=16)
    with forking(company) as forker:
        for chair in company.chairs:
            forker.start(chair.index)
        yield company, forker


def _sign_often(company: Company) -> list[float]:
    """Return how long signings took, in milliseconds."""
    key = key_of(company.group)
    if key is None:
        raise BenchError("the group has no key")
    found = []
    options = Namespace(folder=str(company.desk), parcels=None, patience=60)
    with convene(options) as convened:
        for number in range(_TURNS):
            digest = hashlib.sha256(secrets.token_bytes(32)).digest()
            began = time.perf_counter()
            signed = _sign(convened, digest, number)
            found.append((time.perf_counter() - began) * 1_000)
            if not signed:
                raise BenchError("the group did not sign")
    return found


def _sign(convened: Convened, digest: bytes, number: int) -> bool:
    key = key_of(convened.group)
    if key is None:
        raise BenchError("the group has no key")
    what = Shown(f"number {number}")
    return convened.convener.sign(key, digest=digest, request=b"bench", what=what).stage is Stage.SIGNED


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what a coordinator says to its person out of the table."""
    with contextlib.redirect_stderr(io.StringIO()):
        yield
