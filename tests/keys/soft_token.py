"""A real PKCS#11 token in software (SoftHSM2), made afresh for a test."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pkcs11
from pkcs11.util.ec import encode_named_curve_parameters

from tests.keys.members import KEY
from verifier.keys.pkcs11 import TokenPlace

PIN: Final = "739146"
TOKEN: Final = "vault"

_CONFIGURATION: Final = "directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"


def find_module() -> Path:
    """Return SoftHSM2's library: where Debian has it, or unpacked into the checkout beside its tool."""
    tool = shutil.which("softhsm2-util")
    assert tool, "softhsm2 is missing; run scripts/install --system"
    found = Path(tool).parents[1] / "lib" / "softhsm" / "libsofthsm2.so"
    assert found.exists(), f"{found} is missing; run scripts/install --system"
    return found


@dataclass(frozen=True, kw_only=True)
class SoftToken:
    """A token that holds what a test puts in."""

    module: Path
    tokens: Path

    def place(self, key: str = "alice", *, token: str = TOKEN) -> TokenPlace:
        return TokenPlace(module=self.module, token=token, key=key)

    def put(self, label: str = "alice", *, key: bytes = KEY, public: bool = True) -> None:
        """Put a key of our own in, so that its address is known."""
        from eth_keys.datatypes import PrivateKey

        point = b"\x04\x41\x04" + PrivateKey(key).public_key.to_bytes()
        curve = encode_named_curve_parameters("secp256k1")
        common: dict[Any, Any] = {
            pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.EC,
            pkcs11.Attribute.TOKEN: True,
            pkcs11.Attribute.LABEL: label,
            pkcs11.Attribute.EC_PARAMS: curve,
        }
        with self._session() as session:
            session.create_object(
                {
                    **common,
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY,
                    pkcs11.Attribute.VALUE: key,
                    pkcs11.Attribute.SIGN: True,
                    pkcs11.Attribute.PRIVATE: True,
                    pkcs11.Attribute.SENSITIVE: True,
                    pkcs11.Attribute.EXTRACTABLE: False,
                }
            )
            if public:
                session.create_object(
                    {
                        **common,
                        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY,
                        pkcs11.Attribute.EC_POINT: point,
                        pkcs11.Attribute.PRIVATE: False,
                    }
                )
        pkcs11.lib(str(self.module)).finalize()

    def generate(self, label: str, curve: str = "secp256k1") -> None:
        """Let the token make a key itself."""
        attributes = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}
        with self._session() as session:
            domain = session.create_domain_parameters(pkcs11.KeyType.EC, attributes, local=True)
            domain.generate_keypair(store=True, label=label)
        pkcs11.lib(str(self.module)).finalize()

    def show(self, label: str, point: bytes) -> None:
        """Put another public key, of P-256, in the place of a key's own; nobody asks for the PIN."""
        public = {
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY,
            pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.EC,
            pkcs11.Attribute.LABEL: label,
        }
        library = pkcs11.lib(str(self.module))
        with library.get_token(token_label=TOKEN).open(rw=True) as session:
            for each in list(session.get_objects(public)):
                each.destroy()
            session.create_object(
                {
                    **public,
                    pkcs11.Attribute.TOKEN: True,
                    pkcs11.Attribute.PRIVATE: False,
                    pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1"),
                    pkcs11.Attribute.EC_POINT: b"\x04\x41" + point,
                }
            )
        library.finalize()

    def remove(self) -> None:
        """Take the token away, like a hand at the socket."""
        shutil.rmtree(self.tokens)
        self.tokens.mkdir()

    def initialise(self) -> None:
        """Put a new token of the same name in, with nothing on it."""
        init = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN]
        subprocess.run([*init, "--pin", PIN, "--so-pin", "12345678"], check=True, capture_output=True)

    def _session(self) -> Any:
        token = pkcs11.lib(str(self.module)).get_token(token_label=TOKEN)
        return token.open(rw=True, user_pin=PIN)


def make_token(folder: Path, monkeypatch: Any) -> SoftToken:
    """Return a token that is alone in a folder, with one PIN."""
    tokens = folder / "tokens"
    tokens.mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(_CONFIGURATION.format(tokens=tokens))
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    token = SoftToken(module=find_module(), tokens=tokens)
    token.initialise()
    return token
