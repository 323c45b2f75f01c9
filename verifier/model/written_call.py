"""A call as a person writes it, in a file of calls or on a screen, before it is bytes."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.model.text import Foreign


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCall:
    """One call in words. What is not understood in it is found out when it is made into bytes."""

    # An address, whole.
    target: Foreign
    # In wei, a whole number.
    value: Foreign = "0"
    # A signature such as `transfer(address,uint256)`, with its arguments as a JSON list; or else the data in hex.
    function: Foreign = ""
    arguments: Foreign = "[]"
    data: Foreign = ""
