"""Our own descriptors: of the vault's functions, and of what its members sign. They are the same for every vault.

What differs is where the vault is. So they ship without a deployment, and get that of a pinned vault from here: then a
wallet can take them, and our own interpreter too.
"""

from __future__ import annotations

from importlib import resources
from typing import Final

from verifier.decode.content import Json, parse_json, require_table
from verifier.decode.descriptors.document import Document, read_document
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.units import ChainId

NAMES: Final = ("calldata-vault.json", "eip712-vault.json")
"""The files, named as the registry of ERC-7730 names its own."""


def own_descriptors(chain_id: ChainId, vault: Address) -> dict[str, Json]:
    """Return our descriptors of one vault by their file names, complete for any wallet that reads ERC-7730."""
    return {name: _bound(name, chain_id, vault) for name in NAMES}


def own_documents(chain_id: ChainId, vault: Address) -> tuple[Document, ...]:
    """Return the same as our interpreter reads them. They are believed like the release that they came with."""
    return tuple(
        read_document(content, f"{name} of this release", Evidence.PROVEN)
        for name, content in own_descriptors(chain_id, vault).items()
    )


def _bound(name: str, chain_id: ChainId, vault: Address) -> Json:
    path = resources.files("verifier.decode.descriptors").joinpath("vault", name)
    content = parse_json(path.read_bytes())
    deployments: Json = [{"chainId": int(chain_id), "address": str(vault)}]
    top = require_table(content, name)
    context = require_table(top["context"], "context")
    for bound in (context.get("contract"), context.get("eip712")):
        if isinstance(bound, dict):
            bound["deployments"] = deployments
    # It is about the file without one.
    return {key: part for key, part in top.items() if key != "$comment"}
