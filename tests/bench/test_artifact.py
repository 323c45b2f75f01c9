"""What is compiled once is kept, as long as nothing of it changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import solcx

from tests.bench import artifact

VERSION = "0.8.37"


class AskedAgainError(Exception):
    pass


def refuse(*_: Any, **__: Any) -> Any:
    raise AskedAgainError


def asking(source: str) -> str:
    return json.dumps(
        {
            "language": "Solidity",
            "sources": {"One.sol": {"content": source}},
            "settings": {"outputSelection": {"One.sol": {"*": ["evm.bytecode.object"]}}},
        }
    )


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what was compiled into an empty folder, with a compiler that refuses from now on."""
    monkeypatch.setattr(artifact, "KEPT", tmp_path / "bench")
    compiled = artifact._compiled(asking("contract One {}"), VERSION)
    monkeypatch.setattr(solcx, "compile_standard", refuse)
    return compiled


def test_compile__the_same_again__asks_no_compiler(kept: Any) -> None:
    assert artifact._compiled(asking("contract One {}"), VERSION) == kept


def test_compile__another_source__asks_the_compiler(kept: Any) -> None:
    with pytest.raises(AskedAgainError):
        artifact._compiled(asking("contract Two {}"), VERSION)


def test_compile__another_version__asks_the_compiler(kept: Any) -> None:
    with pytest.raises(AskedAgainError):
        artifact._compiled(asking("contract One {}"), "0.8.36")
