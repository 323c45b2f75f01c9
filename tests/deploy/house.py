"""A vault's file whose people have keys, and what deploys it, for tests on a chain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from eth_account import Account
from eth_keys.datatypes import PrivateKey

from tests.anvil import Anvil
from tests.stage import Actor, Stage
from verifier.cli.planning import released_founding, view_of
from verifier.deploy.looking import look
from verifier.deploy.sending import Deployment, Manner
from verifier.deploy.view import ChainView, Rpc
from verifier.model.address import Address
from verifier.model.deployment import ChainState, Founding, PieceState, Quote
from verifier.model.member import Role
from verifier.model.text import Shown
from verifier.model.vault_file import VaultFile
from verifier.store.vault_file import parse_vault_file

EXAMPLE: Final = Path(__file__).parents[2] / "docs" / "examples" / "vault" / "vault.toml"
PEOPLE: Final = {
    "ann": "0x08504A73fE049fea8dEDb3B1366584Ece1acB3E9",
    "bob": "0xB0Dca2f0C2751A05BB68757e406BAD8785A372d6",
    "cat": "0x1462de9ab77d55b6F2668eA606Ef6c7F6247e1d5",
    "dan": "0x2b674b1d288019a3DFB4a2F169EB5d65Bbc9eE87",
    "eve": "0xDe2b5F306EEDCe2f137935571dAaf1Dffc70137a",
    "fay": "0xbCB658EeB56b4D9834b37D849efA731145FE6F5d",
    "pat": "0x252d07C44c508267AdABd2D7089D22Bf15750abB",
    "gus": "0x48A2311695EC60F249626081D634F116B27b0DE8",
    "amy": "0xfe55eAfB9D0697ea4907770E6876FAa0D08698Be",
}
"""Who stands for whom in the example, in the order of their seats."""
# Anvil's first account, from its well-known mnemonic: worthless everywhere else.
DEPLOYER_KEY: Final = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
MOST_TURNS: Final = 100_000
DEPLOYER: Final = Address(PrivateKey(DEPLOYER_KEY).public_key.to_canonical_address())


def text_of(*changes: tuple[str, str]) -> str:
    """Return the example with people who have keys, and some things changed, each wherever it stands."""
    text = EXAMPLE.read_text()
    for name, address in PEOPLE.items():
        text = text.replace(address, str(Address(Actor.new(name, Role.APPROVER).address)))
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def file_of(text: str) -> VaultFile:
    return parse_vault_file(text.encode(), "vault.toml")


@dataclass(slots=True)
class KeySigner:
    """The port Signer over a key in memory."""

    key: bytes = DEPLOYER_KEY
    signed: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def address(self) -> Address:
        return Address(PrivateKey(self.key).public_key.to_canonical_address())

    def sign(self, transaction: Mapping[str, Any]) -> bytes:
        self.signed.append(transaction)
        return bytes(Account.sign_transaction(dict(transaction), self.key).raw_transaction)


@dataclass(slots=True)
class House:
    """A file, a chain, and whoever deploys."""

    chain: Anvil
    file: VaultFile
    signer: KeySigner = field(default_factory=KeySigner)
    said: list[Shown] = field(default_factory=list)
    # What stands between it and the chain.
    through: Callable[[Rpc], Rpc] = lambda rpc: rpc

    @property
    def view(self) -> ChainView:
        return ChainView(self.through(view_of([self.chain.url], self.chain_id).rpc))

    @property
    def chain_id(self) -> Any:
        return int(self.chain.rpc("eth_chainId"), 16)

    @property
    def founding(self) -> Founding:
        return released_founding(self.file)

    def look(self) -> ChainState:
        return look(self.view, self.founding, self.file)

    def quote(self) -> Quote:
        return self.deployment(lambda: None).quote(self.founding, self.look())

    def deployment(self, pause: Callable[[], None] = lambda: None, *, replaces: bool = False) -> Deployment:
        return Deployment(
            view=self.view,
            chain_id=self.chain_id,
            signer=self.signer,
            manner=Manner(pause=pause, say=self.said.append, replaces=replaces),
        )

    def run(
        self, *, replaces: bool = False, pause: Callable[[], None] | None = None, quote: Quote | None = None
    ) -> tuple[tuple[PieceState, ...], Deployment]:
        """Deploy what is missing, and return how every piece came to be there."""

        turns = iter(range(MOST_TURNS))

        def turn() -> None:
            # A chain that mines at once has it a moment later.
            next(turns)

        run = self.deployment(pause or turn, replaces=replaces)
        quote = quote or run.quote(self.founding, self.look())
        return run.run(self.founding, quote), run

    def stage(self) -> Stage:
        """Return the vault with its people, to act in it."""
        actors = {name: Actor.new(name, Role.APPROVER) for name in PEOPLE}
        return Stage(self.chain, bytes(self.founding.vault.address), actors)
