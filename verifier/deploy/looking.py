"""How far a founding is on a chain, and whether the chain can hold it. Nothing is kept here: the chain itself tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from eth_hash.auto import keccak

from verifier.assess.planning.remarks import noted, refused, warned
from verifier.decode.signatures import interface
from verifier.deploy.create2 import DEPLOYER, DEPLOYER_CODE_HASH
from verifier.deploy.lists import remarks_of_lists
from verifier.deploy.view import ChainView
from verifier.errors import EndpointAnswerMalformed, EndpointRefused, from_revert
from verifier.errors.deploying import ChainUnfit, CodeForeign
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.deployment import ChainState, Founding, Piece, PieceState
from verifier.model.plan import PlanRemark
from verifier.model.text import sanitise, show_bytes
from verifier.model.units import ChainId
from verifier.model.vault_file import PlannedAsset, VaultFile

_PROBE: Final = bytes.fromhex("602a60005d60005c600052602060006020" + "5e60206020f3")
"""Writes 42 to transient storage (TSTORE), reads it back (TLOAD), copies it (MCOPY), and returns it as code."""
_PROBED: Final = (42).to_bytes(32, "big")
_DECIMALS: Final = keccak(b"decimals()")[:4]
_SUPPLY: Final = keccak(b"totalSupply()")[:4]
_SYMBOL: Final = keccak(b"symbol()")[:4]
_DELEGATION: Final = bytes.fromhex("ef0100")


def look(view: ChainView, founding: Founding, file: VaultFile) -> ChainState:
    """Return how far a founding is, and what of the file does not fit to this chain.

    :raises ChainUnfit: the chain lacks something that no transaction of ours can bring.
    :raises CodeForeign: where a piece has to be stands something else.
    :raises EndpointError: the chain does not answer.
    """
    chain_id = view.chain_id()
    states = tuple(state_of(view, chain_id, piece) for piece in founding.pieces)
    if all(state is PieceState.PRESENT for state in states):
        _require_founding(view, chain_id, founding)
        return ChainState(chain_id=chain_id, states=states, remarks=tuple(_of_listed(view, file, chain_id)))
    _require_able(view, chain_id)
    remarks = list(_of_listed(view, file, chain_id))
    if states[-1] is PieceState.ABSENT:
        remarks += _of_founders(view, file)
        if not any(remark.rule == "member-code" for remark in remarks):
            remarks += _of_constructor(view, founding, states)
    return ChainState(chain_id=chain_id, states=states, remarks=tuple(remarks))


def state_of(view: ChainView, chain_id: ChainId, piece: Piece) -> PieceState:
    """Return whether a piece is on the chain.

    :raises CodeForeign: something else is at its address, which should be impossible.
    """
    code = view.code(piece.address)
    if not code:
        return PieceState.ABSENT
    if keccak(code) != piece.code_hash:
        raise CodeForeign(
            chain_id=chain_id,
            what=piece.name,
            address=str(piece.address),
            expected=show_bytes(piece.code_hash),
            actual=show_bytes(keccak(code)),
        )
    return PieceState.PRESENT


def runtime_codes(
    view: ChainView, founding: Founding, states: tuple[PieceState, ...]
) -> dict[Address, bytes]:
    """Return the code of the companions that are still missing, as the chain itself would make it."""
    return {
        piece.address: view.call(None, piece.init_code)
        for piece, state in zip(founding.pieces[:-1], states[:-1], strict=True)
        if state is PieceState.ABSENT
    }


def _require_able(view: ChainView, chain_id: ChainId) -> None:
    """:raises ChainUnfit: it is older than Cancun, or has no common deployer."""
    try:
        answer = view.call(None, _PROBE)
    except EndpointRefused as exc:
        raise ChainUnfit(
            chain_id=chain_id,
            why=f"it does not know transient storage, which came with the hard fork Cancun ({sanitise(exc.message)})",
        ) from exc
    if answer != _PROBED:
        raise ChainUnfit(chain_id=chain_id, why="its transient storage does not keep what is written to it")
    code = view.code(DEPLOYER)
    if not code:
        why = (
            f"the common CREATE2 deployer is not at {DEPLOYER}; anyone can bring it there by its well-known signed "
            "transaction, and until then addresses would not be the same as elsewhere"
        )
        raise ChainUnfit(chain_id=chain_id, why=why)
    if keccak(code) != DEPLOYER_CODE_HASH:
        raise CodeForeign(
            chain_id=chain_id,
            what="common CREATE2 deployer",
            address=str(DEPLOYER),
            expected=show_bytes(DEPLOYER_CODE_HASH),
            actual=show_bytes(keccak(code)),
        )


def _require_founding(view: ChainView, chain_id: ChainId, founding: Founding) -> None:
    """The address commits to the founding, so this never differs; it is what signers will compare."""
    vault = founding.vault
    found = view.call(vault.address, interface("vault").function("founding").encode())
    if not found:
        why = "it has the vault's code, and does not answer as the vault"
        raise EndpointAnswerMalformed(endpoint=view.rpc.name, method="eth_call", why=why)
    if found != founding.founding_hash:
        raise CodeForeign(
            chain_id=chain_id,
            what="vault's founding",
            address=str(vault.address),
            expected=show_bytes(founding.founding_hash),
            actual=show_bytes(found),
        )


def _of_founders(view: ChainView, file: VaultFile) -> Iterator[PlanRemark]:
    for member in file.founders:
        code = view.code(member.address)
        if code:
            why = (
                "delegates to code (EIP-7702); take the delegation back first"
                if code.startswith(_DELEGATION)
                else "is a contract, and who is behind it could change unseen; give an address with a key"
            )
            yield refused("member-code", member.name, f"{member.address} {why}.")


def _of_listed(view: ChainView, file: VaultFile, chain_id: ChainId) -> Iterator[PlanRemark]:
    yield from _of_tokens(view, file, chain_id)
    yield from remarks_of_lists(view, file, chain_id)


def _of_tokens(view: ChainView, file: VaultFile, chain_id: ChainId) -> Iterator[PlanRemark]:
    """Yield where a token is not what the file takes it for."""
    for planned in file.assets:
        if planned.asset.asset == NATIVE or (planned.only_on and chain_id not in planned.only_on):
            continue
        if not view.code(planned.asset.asset):
            yield refused(
                "asset-missing",
                planned.symbol,
                f"{planned.asset.asset} has no code on chain {chain_id}, so it is no token there; give it the "
                "`networks` that it is on.",
            )
            continue
        yield from _of_token(view, planned, chain_id)


def _of_token(view: ChainView, planned: PlannedAsset, chain_id: ChainId) -> Iterator[PlanRemark]:
    token, terms = planned.asset.asset, planned.asset.terms
    decimals = _ask_token(view, token, _DECIMALS)
    if decimals is None or len(decimals) != 32:
        yield noted(
            "asset-silent", planned.symbol, f"{token} does not say how many decimals it has; look it up."
        )
    elif int.from_bytes(decimals, "big") != terms.decimals:
        said = int.from_bytes(decimals, "big")
        yield refused(
            "asset-decimals-differ",
            planned.symbol,
            f"{token} says that it has {min(said, 1 << 64)} decimals, and the file says {terms.decimals}: every limit "
            "would be wrong by powers of ten.",
        )
    supply = _ask_token(view, token, _SUPPLY)
    if (
        supply is not None
        and len(supply) == 32
        and 0 < int.from_bytes(supply, "big") < terms.amount(terms.high_value_from)
    ):
        yield warned(
            "asset-limit-beyond-supply",
            planned.symbol,
            f"There is less of it on chain {chain_id} than `high_value`, so no transfer to a counterparty is ever "
            "HIGH_VALUE; lower it.",
        )
    symbol = _text_of(_ask_token(view, token, _SYMBOL) or b"")
    if symbol and symbol != planned.symbol.encode("ascii"):
        said_symbol = sanitise(symbol, most=40)
        yield refused(
            "asset-symbol-differs",
            planned.symbol,
            f"{token} calls itself `{said_symbol}`, and the file calls it {planned.symbol}; is it the right address?",
        )


def _text_of(answer: bytes) -> bytes:
    """Return the text that a function answered: as a `string`, or as a word with zeros behind it, as old tokens do."""
    if len(answer) == 32:
        return answer.rstrip(b"\0")
    length = int.from_bytes(answer[32:64], "big")
    return answer[64 : 64 + length] if length <= len(answer) - 64 else b""


def _ask_token(view: ChainView, token: Address, selector: bytes) -> bytes | None:
    try:
        return view.call(token, selector)
    except EndpointRefused:
        return None


def _of_constructor(
    view: ChainView, founding: Founding, states: tuple[PieceState, ...]
) -> Iterator[PlanRemark]:
    """Yield why the chain's own constructor would refuse the founding, run without sending anything."""
    try:
        made = view.call(None, founding.vault.init_code, runtime_codes(view, founding, states))
    except EndpointRefused as exc:
        if exc.data:
            yield refused(
                "constructor", "the founding", f"The contract refuses it: {from_revert(exc.data).sentence()}"
            )
        else:
            yield noted(
                "constructor-unasked",
                "the founding",
                f"The endpoint does not try the founding without sending it ({sanitise(exc.message)}).",
            )
        return
    if keccak(made) != founding.vault.code_hash:
        yield refused(
            "constructor", "the founding", "The chain would make other code of it than the release has."
        )
