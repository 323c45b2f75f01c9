"""Code that is made to be run as an account's own, known by its hash: what it does is in its calldata, nowhere else.

From safe-global/safe-deployments, src/assets/v*/multi_send*.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from verifier.decode.lexicon import Lexicon
from verifier.model.address import Address
from verifier.model.evidence import Evidence

_CODE_HASHES: Final[Mapping[bytes, str]] = {
    bytes.fromhex(digits): name
    for digits, name in (
        ("0208282bd262360d0320862c5ac70f375f5ed3b9d89a83a615b4d398415bdc83", "MultiSend 1.3.0"),
        ("81db0e4afdf5178583537b58c5ad403bd47a4ac7f9bde2442ef3e341d433126a", "MultiSend 1.3.0"),
        ("a9865ac2d9c7a1591619b188c4d88167b50df6cc0c5327fcbd1c8c75f7c066ad", "MultiSendCallOnly 1.3.0"),
        ("0e4f7fc66550a322d1e7688e181b75e217e662a4f3f4d6a29b22bc61217c4b77", "MultiSend 1.4.1"),
        ("ecd5bd14a08c5d2122379900b2f272bdf107a7e92423c10dd5fe3254386c9939", "MultiSendCallOnly 1.4.1"),
        ("ca1147a12963172a93910c5cb2bfa5ad0e941c7f03fc7eb017dd06a8ea4e5604", "MultiSend 1.5.0"),
        ("cdbdcec38d2f1c7d961b0029ff8416b7e86e9974d6f0e9c9580c7d17fcfb6663", "MultiSendCallOnly 1.5.0"),
    )
}


def proven_multi_send(address: Address, names: Lexicon) -> str:
    """Return which MultiSend of Safe an address is, by its proven code; empty where that is not proven."""
    account = names.accounts.get(address)
    if account is None or account.evidence is not Evidence.PROVEN:
        return ""
    return _CODE_HASHES.get(account.code_hash, "")
