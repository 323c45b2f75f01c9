"""What attestations say, and endpoints that leave out what they could say."""

from __future__ import annotations

from typing import Any, Final

from tests.cli.liars import Edit, Request, Response
from verifier.decode.signatures import interface
from verifier.model.address import Address

STRANGER: Final = Address(b"\x57" * 20)


def statements(record: Any, rule: str) -> list[Any]:
    return [each for each in record["statements"] if each["rule"] == rule]


def without(event: str) -> Edit:
    """Leave out the logs of one event of the vault."""
    topic = "0x" + interface("vault").events[event].topic.hex()

    def edit(request: Request, response: Response) -> Response:
        if request["method"] != "eth_getLogs":
            return response
        return {**response, "result": [log for log in response["result"] if log["topics"][0] != topic]}

    return edit
