"""A process that deploys, to be killed: `python -m tests.deploy.deployer FILE URL [--send] [--yes]`.

It is `scripts/deploy.py` with a key in memory instead of Ape's account, so that it starts within a second.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.deploy.house import KeySigner
from verifier.chain.probe import ask_chain_id
from verifier.cli.adapters import open_endpoints
from verifier.cli.deploying import DeployOrder, run_deployment
from verifier.cli.planning import view_of
from verifier.errors import FourthSignerError, exit_code_of


def main(arguments: list[str]) -> int:
    """Return the exit code."""
    path, url, *flags = arguments
    order = DeployOrder(
        path=Path(path),
        sends="--send" in flags,
        yes="--yes" in flags,
        replaces="--replace" in flags,
        patience=600,
        endpoints=[url],
    )
    try:
        view = view_of([url], ask_chain_id(open_endpoints([url])))
        answer = run_deployment(order, view, KeySigner())
    except FourthSignerError as exc:
        sys.stderr.write(f"deploy: {exc.sentence()}\n")
        return exit_code_of(exc)
    sys.stdout.write(answer.text)
    return answer.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
