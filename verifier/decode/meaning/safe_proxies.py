"""Smart accounts that Safe's factory makes: whose code they run, and who owns them from the first moment on."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.scene import Fields, Meant, Scene, Table, listed
from verifier.decode.meaning.steps import is_sound
from verifier.decode.signatures import interface
from verifier.model.address import NOBODY
from verifier.model.effect import Creation
from verifier.model.text import show_bytes


def _create(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    said = (
        f"Has {scene.here} make a smart account that runs the code of {names.name(a['singleton'])}, at an address that "
        f"these bytes do not tell{_owners(scene, a['initializer'])}."
    )
    if "callback" in a:
        said += f" It tells {names.name(a['callback'])} about it."
    made = Creation(factory=scene.target, account=None, code_hash=None, runs=a["singleton"], where=a.where())
    return Meant(said=said, effects=(made,))


def _owners(scene: Scene, initializer: bytes) -> str:
    """Return who owns it, as far as the call says that sets it up: nobody does until one is made."""
    setup = interface("safe").function("setup")
    if not initializer:
        return "; whoever comes first may make it theirs, since nothing sets it up"
    if initializer[:4] != setup.selector or not is_sound(setup.plan, initializer[4:]):
        return f"; what sets it up nothing here can read: {show_bytes(initializer[:4])}"
    fields = Fields(setup.plan.arguments_of(initializer, 4))
    names = scene.names
    owners = listed(fields["owners"], names.name) or "nobody"
    said = f"; its owners are {owners}, {fields['threshold']} of them decide"
    if fields["to"] != NOBODY:
        said += f", and it runs the code of {names.name(fields['to'])} as its own at once, which can do anything to it"
    if fields["fallbackHandler"] != NOBODY:
        said += f"; for what it signs or has no function for, it asks {names.name(fields['fallbackHandler'])}"
    if fields["payment"]:
        said += (
            f"; it pays {fields['payment']} base units to {names.name(fields['paymentReceiver'])} for that"
        )
    return said


MEANINGS: Final[Table] = dict.fromkeys(
    (
        "createProxyWithNonce",
        "createProxyWithNonceL2",
        "createChainSpecificProxyWithNonce",
        "createChainSpecificProxyWithNonceL2",
        "createProxyWithCallback",
    ),
    _create,
)
