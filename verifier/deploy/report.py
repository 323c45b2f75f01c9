"""What a deployment came to: one JSON object, and the line that each signer pins the vault with.

Of both kinds of objects, `plan` and `deployment`: amounts are decimal text in wei, bytes 0x text, times seconds.

    version, kind
    file_sha256, vault, salt, founding, code_hash      what is the same on every chain
    pieces[]     name, address, code_hash, bytes       contracts, the vault last; bytes of the code that makes it
    remarks[]    rule, severity, subject, sentence     severity: notice, warning; danger is never deployed

of a plan:
    members[]    name, persons[], roles[], later       later: by an operation after the founding
    tiers[]      tier, quorum, security, segregated, delay, expedited, grace_hours,
                 quorums (null: too many to count), example[], indispensable[]
    coalitions   looked_at, blocks, blocks_for_good, steals                   null: more than looked_at
    later        by network: key, title, awaits, calls[] of target, value, data
    chains[]     chain_id, complete, states by piece, remarks[]

of a deployment:
    chain_id, network, production, complete, deployer, deployer_is_member
    states       by piece: absent, present (it was there), deployed (by this run)
    sent[]       piece, transaction, block, gas_used, paid_wei
    quote        account, balance_wei, base_fee_wei, priority_fee_wei, most_fee_wei, most_wei,
                 steps[] of piece, gas, most_wei; null where all was sent
    init[]       member, line
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from verifier.model.address import Address
from verifier.model.deployment import ChainState, Founding, PieceState, Quote, Sent
from verifier.model.plan import FollowUp, PlanRemark
from verifier.model.text import Shown
from verifier.model.vault_file import VaultFile

VERSION = 1
PLACEHOLDER = "https://your-own-endpoint"
"""What stands for the endpoints that a signer trusts; nobody else's should."""


def init_lines(
    file: VaultFile, founding: Founding, endpoints: Sequence[str], name: str
) -> Iterator[tuple[Shown, str]]:
    """Yield for each founder who it is for, and the line to send to them.

    :param endpoints: what to write as `--rpc`; a placeholder where there is none
    :param name: what they call the vault
    """
    for seat, member in enumerate(file.founders):
        words = ["fourth-signer", "init", str(founding.vault.address)]
        for endpoint in endpoints or (PLACEHOLDER,):
            words += ["--rpc", endpoint]
        words += ["--founding", "0x" + founding.founding_hash.hex(), "--seat", str(seat), "--name", name]
        yield member.name, " ".join(map(shlex.quote, words))


def founding_record(file: VaultFile, founding: Founding) -> dict[str, Any]:
    """Return what is the same on every chain."""
    vault = founding.vault
    return {
        "file_sha256": file.file_hash.hex(),
        "vault": str(vault.address),
        "salt": "0x" + vault.salt.hex(),
        "founding": "0x" + founding.founding_hash.hex(),
        "code_hash": "0x" + vault.code_hash.hex(),
        "pieces": [
            {
                "name": piece.name,
                "address": str(piece.address),
                "code_hash": "0x" + piece.code_hash.hex(),
                "bytes": len(piece.init_code),
            }
            for piece in founding.pieces
        ],
    }


def deployment_record(
    file: VaultFile,
    founding: Founding,
    state: ChainState,
    *,
    deployer: Address,
    states: Sequence[PieceState],
    sent: Sequence[Sent],
    quote: Quote | None,
) -> dict[str, Any]:
    """Return what happened on a chain, or would.

    :param states: how each piece came to be there
    :param quote: of what was not sent; None where all of it was
    """
    network = file.network_of(state.chain_id)
    return {
        "version": VERSION,
        "kind": "deployment",
        "chain_id": int(state.chain_id),
        "network": network.name if network else None,
        "production": network.is_production if network else True,
        "complete": state.is_complete,
        "deployer": str(deployer),
        "deployer_is_member": any(member.address == deployer for member in file.members),
        **founding_record(file, founding),
        "states": {piece.name: str(here) for piece, here in zip(founding.pieces, states, strict=True)},
        "sent": [
            {
                "piece": each.piece,
                "transaction": "0x" + each.transaction.hex(),
                "block": each.block,
                "gas_used": each.gas_used,
                "paid_wei": str(each.paid),
            }
            for each in sent
        ],
        "quote": None if quote is None else quote_record(quote),
        "remarks": [remark_record(remark) for remark in state.remarks],
    }


def quote_record(quote: Quote) -> dict[str, Any]:
    return {
        "account": str(quote.account),
        "balance_wei": str(quote.balance),
        "base_fee_wei": str(quote.fees.base),
        "priority_fee_wei": str(quote.fees.priority),
        "most_fee_wei": str(quote.fees.most),
        "steps": [
            {"piece": step.piece.name, "gas": step.gas, "most_wei": str(quote.cost(step))}
            for step in quote.steps
        ],
        "most_wei": str(quote.total),
    }


def remark_record(remark: PlanRemark) -> dict[str, Any]:
    return {
        "rule": remark.rule,
        "severity": remark.severity.name.lower(),
        "subject": remark.subject,
        "sentence": remark.sentence,
    }


def follow_up_record(follow_up: FollowUp) -> dict[str, Any]:
    return {
        "key": follow_up.key,
        "title": follow_up.title,
        "awaits": follow_up.awaits or None,
        "calls": [
            {"target": str(call.target), "value": str(call.value), "data": "0x" + call.data.hex()}
            for call in follow_up.calls
        ],
    }
