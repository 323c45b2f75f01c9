"""What stands around the data that a descriptor is about: what `@` means in its paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from verifier.decode.content import UnfitError
from verifier.decode.descriptors.nodes import Node
from verifier.decode.lexicon import Lexicon
from verifier.model.address import Address
from verifier.model.description import NestedCall
from verifier.model.text import Shown
from verifier.model.units import ChainId, Wei


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """A transaction, a call inside of one, or a message."""

    chain_id: ChainId
    # The contract that is called, or that verifies the message.
    to: Address
    # Of a message, none.
    value: Wei
    # Who calls or signs; None where that is not known.
    sender: Address | None
    lexicon: Lexicon
    # Says what a call inside of this one is, in a sentence; without it, its bytes are shown.
    say_call: Callable[[NestedCall], Shown] | None = None

    def node(self, name: str) -> Node:
        """Return a value by its name in a path.

        :raises UnfitError: there is none of this name, or it is not known.
        """
        match name:
            case "to":
                return _node(name, "address", self.to)
            case "value":
                return _node(name, "uint256", self.value)
            case "chainId":
                return _node(name, "uint256", self.chain_id)
            case "from" if self.sender is not None:
                return _node(name, "address", self.sender)
            case "from":
                raise UnfitError("it wants to show who sends this, which is not known")
            case _:
                raise UnfitError(f"there is no @.{name}")


def _node(name: str, type_: str, value: int | Address) -> Node:
    return Node(path=f"@.{name}", name=name, type=type_, value=value, where=None)
