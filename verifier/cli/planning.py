"""`fourth-signer plan`: what comes of a vault's file, before anything is deployed."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from verifier.assess.changing.after_founding import follow_ups
from verifier.assess.planning.judge import judge_plan
from verifier.chain.agreeing import AgreeingEndpoints
from verifier.chain.panel import Panel
from verifier.chain.probe import ask_chain_id
from verifier.cli.adapters import open_endpoints
from verifier.cli.answer import Answer
from verifier.cli.patience import patience
from verifier.cli.plan_record import plan_json
from verifier.deploy.founding import founding_of
from verifier.deploy.looking import look
from verifier.deploy.view import ChainView
from verifier.errors.deploying import PlanRefused
from verifier.errors.exits import WARNING, exit_code_of
from verifier.model.deployment import ChainState, Founding
from verifier.model.finding import Severity
from verifier.model.plan import FollowUp, Plan
from verifier.model.text import sanitise
from verifier.model.units import ChainId
from verifier.model.vault_file import Network, VaultFile
from verifier.model.written_call import WrittenCall
from verifier.pages.layout import width_of_terminal
from verifier.pages.plan import PlanSheet, plan_page
from verifier.store.calls_file import write_calls
from verifier.store.place import path_of
from verifier.store.release import companion_addresses, released_companions, released_vault
from verifier.store.settings import hosts_of, require_endpoint, usual_quorum
from verifier.store.vault_file import read_vault_file

Later = list[tuple[Network, tuple[FollowUp, ...]]]


def run_plan(options: Namespace) -> Answer:
    """Say what comes of a file; the exit code is that of the worst that is said.

    :raises VaultFileMalformed: the file cannot be read.
    :raises InputError: an endpoint's address is malformed.
    :raises DeployError: a chain cannot hold the vault.
    :raises EvidenceError: a chain does not answer.
    """
    path = path_of(options.file)
    file = read_vault_file(path)
    founding = released_founding(file)
    plan = plan_of(file, founding)
    later = later_of(file, founding)
    chains = _look(options.rpc, file, founding)
    if options.operations is not None:
        _write(path_of(options.operations), later)
    sheet = PlanSheet(
        title=sanitise(path.name), file=file, founding=founding, plan=plan, follow_ups=later, chains=chains
    )
    text = plan_json(sheet) if options.json else plan_page(sheet, width_of_terminal())
    return Answer(text=text, code=_code(plan, chains))


def released_founding(file: VaultFile) -> Founding:
    """Return what this release deploys for a file."""
    return founding_of(
        file, companions=companion_addresses(), codes=released_companions(), vault=released_vault()
    )


def plan_of(file: VaultFile, founding: Founding) -> Plan:
    """Return what a vault of this release would be."""
    return judge_plan(
        file,
        vault=founding.vault.address,
        companions=companion_addresses(),
        code_bytes=len(released_vault().creation_code),
    )


def later_of(file: VaultFile, founding: Founding) -> Later:
    """Return the operations that follow the founding, network by network."""
    return [
        (
            network,
            follow_ups(
                file,
                chain_id=network.chain_id,
                vault=founding.vault.address,
                companions=companion_addresses(),
            ),
        )
        for network in file.networks
    ]


def view_of(urls: Sequence[str], chain_id: ChainId) -> ChainView:
    """Return the view of a chain over endpoints that have to agree."""
    panel = Panel(open_endpoints(urls), needed=usual_quorum(tuple(urls)), chain_id=chain_id)
    return ChainView(AgreeingEndpoints(panel))


def _look(urls: Sequence[str], file: VaultFile, founding: Founding) -> tuple[ChainState, ...]:
    for url in urls:
        require_endpoint(url)
    by_chain: dict[ChainId, list[str]] = {}
    with patience(hosts_of(tuple(urls))):
        for url in dict.fromkeys(urls):
            by_chain.setdefault(ask_chain_id(open_endpoints([url])), []).append(url)
        return tuple(look(view_of(each, chain_id), founding, file) for chain_id, each in by_chain.items())


def _write(folder: Path, later: Later) -> None:
    """Write each operation that is ready to a file of its own; nothing is written over."""
    for network, follow_ups_there in later:
        for i, follow_up in enumerate(each for each in follow_ups_there if each.calls):
            calls = [
                WrittenCall(goes_to=str(call.target), wei=str(call.value), data="0x" + call.data.hex())
                for call in follow_up.calls
            ]
            write_calls(folder / f"{network.name}-{i + 1}-{follow_up.key}.json", calls)


def _code(plan: Plan, chains: Sequence[ChainState]) -> int:
    remarks = [*plan.remarks, *(remark for state in chains for remark in state.remarks)]
    refusals = [remark for remark in remarks if remark.severity is Severity.DANGER]
    if refusals:
        return exit_code_of(PlanRefused(count=len(refusals), why=refusals[0].sentence))
    return WARNING if any(remark.severity is Severity.WARNING for remark in remarks) else 0
