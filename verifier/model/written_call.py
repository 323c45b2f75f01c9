"""A call as a person writes it, in a file of calls or on a screen, before it is bytes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCall:
    """One call in words. What is not understood in it is found out when it is made into bytes."""

    # An address, whole.
    target: str
    # In wei, a whole number.
    value: str = "0"
    # A signature such as `transfer(address,uint256)`, with its arguments as a JSON list; or else the data in hex.
    function: str = ""
    arguments: str = "[]"
    data: str = ""
