"""The release that this program came with: which code a vault has to have."""

from __future__ import annotations

import json
from importlib import resources


def release_code_hash() -> bytes:
    """Return the hash of the runtime code that every vault of this release has."""
    text = resources.files("verifier").joinpath("release", "vault.json").read_text("utf-8")
    return bytes.fromhex(json.loads(text)["code_hash"].removeprefix("0x"))
