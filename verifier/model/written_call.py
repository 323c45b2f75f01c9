"""A call as a person writes it, in a file of calls or on a screen, before it is bytes."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.model.text import Foreign


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCall:
    """One call in words. What is not understood in it is found out when it is made into bytes."""

    # An address, whole.
    goes_to: Foreign
    # A whole number.
    wei: Foreign = "0"
    # A signature such as `transfer(address,uint256)`, with its arguments listed in JSON; or else the data in hex.
    prototype: Foreign = ""
    listed: Foreign = "[]"
    data: Foreign = ""
