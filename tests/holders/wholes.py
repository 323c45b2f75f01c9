"""Of each file that has its own name, all is there: whatever was ended, and wherever.

What only grows is not among them: of records and sessions a torn end is taken away at the next start.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from verifier.courier.parcel import unpack_parcel
from verifier.keys.share_sealing import read_share_head
from verifier.store.approval_file import read_approval_file
from verifier.store.calls_file import read_calls
from verifier.store.group_file import read_group_file
from verifier.store.group_holders import read_card
from verifier.store.holder_folder import HolderFolder

_TORN: Final = ("records.jsonl", "sessions", "lock")


def _ends_as_pem(path: Path) -> None:
    assert path.read_text().rstrip().endswith("-----"), "it is no whole PEM"


def _holds_a_number(path: Path) -> None:
    assert path.read_text().strip().isdecimal(), "it holds no number"


_READERS: Final[tuple[tuple[str, Callable[[Path], object]], ...]] = (
    ("transport.key", lambda path: HolderFolder(path.parent).read_transport()),
    ("tls.key", _ends_as_pem),
    ("tls.crt", lambda path: HolderFolder(path.parent).read_certificate()),
    ("card.toml", lambda path: read_card(path, index=1)),
    ("group.toml", read_group_file),
    ("next.toml", read_group_file),
    ("former-*.toml", read_group_file),
    ("share.pending-*.toml", read_group_file),
    ("share*.json", read_share_head),
    ("*.backup", read_share_head),
    ("epoch", _holds_a_number),
    ("highest-index", _holds_a_number),
    ("*.parcel", lambda path: unpack_parcel(path.read_bytes(), origin="a stick")),
    ("*.approval", read_approval_file),
    ("add-group.toml", read_calls),
)


def require_no_halves(root: Path) -> None:
    """Read every file below a folder that a reader is known for.

    :raises AssertionError: one is not whole.
    """
    for pattern, read in _READERS:
        for path in root.rglob(pattern):
            if path.name in _TORN or path.name.startswith("."):
                continue
            try:
                read(path)
            except Exception as exc:
                raise AssertionError(f"{path.name} is half there: {exc}") from exc
