"""From a vault's file to the contracts that have to be on a chain.

The founding configuration is the constructor's argument, and so a part of the code that makes the vault. The address is
made of that code and of the salt: it commits to every founder, tier, limit and rule, and nobody can found another vault
there, whoever sends it first.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.deploy.create2 import NO_SALT, address_of
from verifier.model.companions import Companions
from verifier.model.deployment import Founding, Piece, ReleasedCode
from verifier.model.text import Shown
from verifier.model.vault_file import VaultFile


def founding_of(
    file: VaultFile, *, companions: Companions, codes: Sequence[ReleasedCode], vault: ReleasedCode
) -> Founding:
    """Return what has to be deployed: the same on every chain.

    :param companions: where the release has them
    :param codes: the code of the companions
    :param vault: the code of a vault
    """
    configuration = file.configuration(companions)
    pieces = [_piece(code.name.replace("_", " "), NO_SALT, code.creation_code, code) for code in codes]
    pieces.append(_piece("vault", file.salt, vault.creation_code + configuration.encode(), vault))
    return Founding(pieces=tuple(pieces), founding_hash=configuration.hash())


def _piece(name: str, salt: bytes, init_code: bytes, code: ReleasedCode) -> Piece:
    return Piece(
        # A name of our own release.
        name=Shown(name),
        address=address_of(salt, init_code),
        salt=salt,
        init_code=init_code,
        code_hash=code.code_hash,
    )
