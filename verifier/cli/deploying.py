"""Deploying a vault from its file: what is missing is shown, priced, confirmed, sent, and looked at once more.

`scripts/deploy.py` runs it with an account of Ape's; whoever else has a key and a chain can do the same.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from verifier.cli.adapters import CLOCK
from verifier.cli.answer import Answer
from verifier.cli.asking import confirm, say
from verifier.cli.planning import plan_of, released_founding
from verifier.deploy.gate.checkout import require_checkout
from verifier.deploy.gate.opening import ReleaseGate, open_gate
from verifier.deploy.gate.release import require_release
from verifier.deploy.gate.token import Purpose
from verifier.deploy.looking import look
from verifier.deploy.report import deployment_record, init_lines
from verifier.deploy.sending import Deployment, Manner, Signer
from verifier.deploy.verifying import require_founded, say_held
from verifier.deploy.view import ChainView
from verifier.errors.deploying import ChainUnfit, DeploymentStuck, PlanRefused, ReleaseUnauthorised
from verifier.model.deployment import ChainState, Founding, PieceState, Quote
from verifier.model.finding import Severity
from verifier.model.plan import PlanRemark
from verifier.model.text import Foreign, Shown, sanitise
from verifier.model.units import Timestamp
from verifier.model.vault_file import Network, VaultFile
from verifier.pages.deployment import quote_page
from verifier.pages.layout import width_of_terminal
from verifier.ports import Clock
from verifier.store.settings import require_endpoint, require_name
from verifier.store.vault_file import parse_vault_file, read_content
from verifier.store.watch_lock import origin_of_this_process

_PAUSE: Final = 0.5
_RESUMED_WITHIN: Final = 24 * 3_600
"""A release that was cut off is gone on with for so long, without two people's word once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployOrder:
    """What somebody asks for."""

    path: Path
    # Without it nothing is sent.
    sends: bool = False
    # Not for production.
    yes: bool = False
    replaces: bool = False
    # Seconds until a transaction that no block takes is given up on.
    patience: int = 600
    # For the signers' lines.
    endpoints: Sequence[Foreign] = ()
    vault_name: str = "vault"
    # What two people released: needed for production only.
    policy: Path | None = None
    commit: str = "HEAD"
    tokens: Sequence[Foreign] = ()


def run_deployment(order: DeployOrder, view: ChainView, signer: Signer, *, clock: Clock = CLOCK) -> Answer:
    """Deploy what is missing of a vault, or show what would be. People read the error stream; the answer is JSON.

    :raises InputError: what signers are told to ask, or to call the vault, is no such thing.
    :raises VaultFileMalformed: the file cannot be read.
    :raises DeployError: nothing is sent, or not all of it, and why.
    :raises GateError: two people did not release it.
    :raises NotConfirmed: whoever sits there did not say yes.
    :raises EndpointError: the chain does not answer.
    """
    require_name(order.vault_name)
    for endpoint in order.endpoints:
        require_endpoint(endpoint)
    content = read_content(order.path)
    file = parse_vault_file(content, str(order.path))
    founding = released_founding(file)
    _require_sound(plan_of(file, founding).remarks)
    state = look(view, founding, file)
    if not state.is_complete:
        _require_sound(state.remarks)
    network = _network_of(file, state)
    run = Deployment(
        view=view,
        chain_id=state.chain_id,
        signer=signer,
        manner=Manner(pause=_patience(order.patience, founding), say=say, replaces=order.replaces),
    )
    quote = run.quote(founding, state)
    say(quote_page(founding, state, quote, network, width_of_terminal()))
    if not order.sends or state.is_complete:
        if not state.is_complete:
            say("Nothing was sent: this was a dry run. --send sends it.")
        return _answer(order, file, founding, state, state.states, run, quote)
    _require_word(order, content, network, quote, clock.now())
    states = run.run(founding, quote)
    if states[-1] is PieceState.DEPLOYED:
        final = require_founded(view, founding, file, signer.address)
    else:
        final = look(view, founding, file)
    return _answer(order, file, founding, final, states, run, None)


def _network_of(file: VaultFile, state: ChainState) -> Network:
    network = file.network_of(state.chain_id)
    if network is None:
        why = "the file names no network of this number; add it under [networks], and say whether it is production"
        raise ChainUnfit(chain_id=state.chain_id, why=why)
    return network


def _require_sound(remarks: Sequence[PlanRemark]) -> None:
    refusals = [remark for remark in remarks if remark.severity is Severity.DANGER]
    if refusals:
        first = refusals[0]
        raise PlanRefused(count=len(refusals), why=f"{first.subject}: {first.sentence}")


def _patience(seconds: int, founding: Founding) -> Any:
    """Return what waits a little, and gives up once it waited so long in all."""
    until = time.monotonic() + seconds

    def pause() -> None:
        if time.monotonic() > until:
            why = (
                f"no block took its transaction within {seconds} seconds; wait longer with --patience, or outbid it "
                "with --replace"
            )
            raise DeploymentStuck(what=founding.vault.name, why=why)
        time.sleep(_PAUSE)

    return pause


def _require_word(order: DeployOrder, content: bytes, network: Network, quote: Quote, now: Timestamp) -> None:
    """Return if this may be sent: on production by two people's release, and everywhere by whoever sits there.

    :raises ReleaseUnauthorised: there is no release to look at, or --yes was given for production.
    :raises GateError: the release does not hold.
    :raises NotConfirmed: nobody said yes.
    """
    what = Shown(f"sending {len(quote.steps)} transactions to {network.name}")
    sentences = [f"This costs up to {quote.total} wei."]
    if not network.is_production:
        confirm(what, sentences, is_given=order.yes)
        return
    if order.yes:
        raise ReleaseUnauthorised(
            network=network.name, why="--yes is not for production: somebody has to say yes there"
        )
    if order.policy is None:
        why = "it takes the release of two people; give --policy and their --token files"
        raise ReleaseUnauthorised(network=network.name, why=why)
    gate = open_gate(order.policy, order.path.resolve().parent, origin=origin_of_this_process())
    is_resumed = _is_resumed(gate, order, content, network, now)
    if not is_resumed:
        _require_release(gate, order, content, network, now, is_trial=True)
    confirm(what, sentences, is_given=False)
    if not is_resumed:
        _require_release(gate, order, content, network, now, is_trial=False)


def _require_release(
    gate: ReleaseGate, order: DeployOrder, content: bytes, network: Network, now: Timestamp, *, is_trial: bool
) -> None:
    require_release(
        gate,
        commit=order.commit,
        file=order.path,
        content=content,
        network=network.name,
        chain_id=network.chain_id,
        tokens=order.tokens,
        now=now,
        is_trial=is_trial,
    )


def _is_resumed(
    gate: ReleaseGate, order: DeployOrder, content: bytes, network: Network, now: Timestamp
) -> bool:
    """Whether two people released just this not long ago: their tokens are spent, and the sending was cut off."""
    _, records = gate.record.read()
    commit = gate.git.resolve(order.commit)
    wanted = {
        "commit": commit,
        "file": hashlib.sha256(content).hexdigest(),
        "network": network.name,
        "chain": int(network.chain_id),
    }
    for record in records:
        if record.kind != Purpose.RELEASE.value or now - record.at > _RESUMED_WITHIN:
            continue
        body = json.loads(record.body)
        if all(body.get(key) == value for key, value in wanted.items()):
            require_checkout(gate.git, commit)
            say(f"Going on with the release of record {record.number}.")
            return True
    return False


def _answer(
    order: DeployOrder,
    file: VaultFile,
    founding: Founding,
    state: ChainState,
    states: Sequence[PieceState],
    run: Deployment,
    quote: Quote | None,
) -> Answer:
    deployer = run.signer.address
    record = deployment_record(
        file, founding, state, deployer=deployer, states=states, sent=run.sent, quote=quote
    )
    lines = list(init_lines(file, founding, order.endpoints, order.vault_name))
    record["init"] = [{"member": name, "line": line} for name, line in lines]
    if state.is_complete:
        say("")
        held = say_held(run.view, founding.vault.address, file, deployer)
        say(f"The vault stands at {founding.vault.address}. {held}")
        if states[-1] is PieceState.PRESENT:
            # Its people may have changed it since, whoever founded it.
            say("It was there before: `fourth-signer attest` says whether it is still as the file says.")
        say("To each signer, over a channel that they trust:")
        for name, line in lines:
            say(f"  {name}: {sanitise(line, most=900)}")
    return Answer(text=json.dumps(record, indent=2, ensure_ascii=True) + "\n")
