#!/usr/bin/env python3
"""Deploys the vault of a file: `ape run deploy --network ethereum:sepolia:node --account NAME --file vault.toml`.

A dry run, unless --send is given. Ape's accounts sign, and Ape's provider carries; what is sent, and in which order, is
decided by verifier/deploy. People read the error stream; the output ends with one JSON object with the line for each
signer. Ape asks on the output, too, so do not redirect it: --report FILE keeps the object.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    # Called by itself: Ape of this checkout runs it.
    ape = str(ROOT / ".venv" / "bin" / "ape")
    os.execv(ape, [ape, "run", "deploy", *sys.argv[1:]])  # noqa: S606 - just this program, with what was typed

import click
from ape.api import AccountAPI, ProviderAPI
from ape.cli import ConnectedProviderCommand, account_option
from ape.types.signatures import TransactionSignature

# Ape runs scripts by their path, from wherever it was called.
sys.path.insert(0, str(ROOT))

from verifier.cli.deploying import DeployOrder, run_deployment
from verifier.deploy.view import ChainView
from verifier.errors import (
    EndpointRefused,
    EndpointUnreachable,
    FourthSignerError,
    exit_code_of,
)
from verifier.model.address import Address
from verifier.model.endpoint_name import name_of_endpoint


class ApeRpc:
    """The port Rpc over a provider that Ape is connected to."""

    def __init__(self, provider: ProviderAPI) -> None:
        self._provider = provider
        self.name = _name_of(provider)

    def ask(self, method: str, *params: Any) -> Any:
        """Return the result, as JSON: past Ape's own reading of it.

        :raises EndpointRefused: the endpoint answers with an error.
        :raises EndpointError: it does not answer.
        """
        try:
            answer = self._provider.web3.provider.make_request(method, list(params))
        except Exception as exc:
            # Whatever carries it raises what it likes, often with the whole address: that may hold a secret.
            raise EndpointUnreachable(endpoint=self.name, why=f"no answer ({type(exc).__name__})") from exc
        error = answer.get("error")
        if error is not None:
            raise _refused(self.name, method, error)
        return _plain(answer.get("result"))


class ApeSigner:
    """The port Signer over one of Ape's accounts."""

    def __init__(self, account: AccountAPI, provider: ProviderAPI) -> None:
        self._account = account
        self._provider = provider
        try:
            self.address = Address.parse(str(account.address))
        except KeyError as exc:
            # A key file of another program's, which does not name its address: Ape's own do.
            raise click.ClickException(
                "The account's file does not name its address; bring it in with `ape accounts import`."
            ) from exc

    def sign(self, transaction: Mapping[str, Any]) -> bytes:
        """Return a transaction signed; Ape asks for the account's passphrase where it wants one."""
        made = self._provider.network.ecosystem.create_transaction(
            **{**transaction, "from": str(self.address), "gasLimit": transaction["gas"]}
        )
        signed = self._account.sign_transaction(made)
        if signed is None or not isinstance(signed.signature, TransactionSignature):
            raise click.ClickException(f"The account {self.address} did not sign; nothing more was sent.")
        return bytes(signed.serialize_transaction())


def _name_of(provider: ProviderAPI) -> str:
    from urllib.parse import urlsplit

    uri = str(getattr(provider, "http_uri", None) or getattr(provider, "uri", "") or "")
    parts = urlsplit(uri)
    # An address may hold a key; its host does not.
    return name_of_endpoint(parts.scheme, parts.hostname, parts.port) if parts.hostname else provider.name


def _refused(name: str, method: str, error: Any) -> EndpointRefused:
    details: Mapping[str, Any] = error if isinstance(error, Mapping) else {"message": str(error)}
    data = details.get("data")
    try:
        revert = bytes.fromhex(data.removeprefix("0x")) if isinstance(data, str) else b""
    except ValueError:
        revert = b""
    code = details.get("code")
    return EndpointRefused(
        endpoint=name,
        method=method,
        code=code if isinstance(code, int) else 0,
        message=str(details.get("message", "no reason given")),
        data=revert,
    )


def _plain(value: Any) -> Any:
    """Return an answer as JSON: Ape's middleware may have made bytes and numbers of some of it."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return hex(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value]


def _tokens(files: tuple[str, ...]) -> list[str]:
    """Return the authorisations of those who release: one token a file."""
    try:
        return [Path(file).read_text("ascii").strip() for file in files]
    except (OSError, UnicodeDecodeError) as exc:
        raise click.ClickException(
            f"A --token file cannot be read ({type(exc).__name__}); nothing was sent."
        ) from exc


@click.command(cls=ConnectedProviderCommand, help=__doc__)
@account_option()
@click.option("--file", "path", required=True, type=click.Path(path_type=Path), help="the vault's file")
@click.option("--send", is_flag=True, help="send what is missing; without it nothing is sent")
@click.option("--yes", is_flag=True, help="do not ask whether to go on; not for production")
@click.option(
    "--replace", is_flag=True, help="outbid an earlier transaction of this account that no block takes"
)
@click.option("--patience", default=600, show_default=True, help="seconds to wait for blocks, in all")
@click.option("--endpoint", multiple=True, metavar="URL", help="what signers are told to ask; several times")
@click.option(
    "--name", "vault_name", default="vault", show_default=True, help="what signers are told to call it"
)
@click.option("--report", type=click.Path(path_type=Path), help="write the JSON object to this file as well")
@click.option(
    "--policy", type=click.Path(path_type=Path), help="production: the release policy, release.toml"
)
@click.option("--commit", default="HEAD", show_default=True, help="production: the commit that was released")
@click.option(
    "--token", "tokens", multiple=True, metavar="FILE", help="production: an authorisation; several times"
)
def cli(
    provider: ProviderAPI,
    account: AccountAPI,
    path: Path,
    send: bool,
    yes: bool,
    replace: bool,
    patience: int,
    endpoint: tuple[str, ...],
    vault_name: str,
    report: Path | None,
    policy: Path | None,
    commit: str,
    tokens: tuple[str, ...],
) -> None:
    try:
        order = DeployOrder(
            path=path,
            sends=send,
            yes=yes,
            replaces=replace,
            patience=patience,
            endpoints=endpoint,
            vault_name=vault_name,
            policy=policy,
            commit=commit,
            tokens=_tokens(tokens),
        )
        answer = run_deployment(order, ChainView(ApeRpc(provider)), ApeSigner(account, provider))
    except FourthSignerError as exc:
        click.echo(f"deploy: {exc.sentence()}", err=True)
        sys.exit(exit_code_of(exc))
    click.echo(answer.text, nl=False)
    if report is not None:
        try:
            report.write_text(answer.text, "ascii")
        except OSError as exc:
            raise click.ClickException(
                f"The report was not written ({exc.strerror}); it stands above."
            ) from exc
