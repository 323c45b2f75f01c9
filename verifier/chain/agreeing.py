"""Questions to several endpoints of one chain that have to give the same answer, for what no proof is needed of."""

from __future__ import annotations

import json
from typing import Any

from verifier.chain.panel import Panel, vote


class AgreeingEndpoints:
    """Carries single questions to a panel. An answer counts once as many endpoints as needed give it."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel

    @property
    def name(self) -> str:
        return ", ".join(endpoint.name for endpoint in self._panel.endpoints)

    def ask(self, method: str, *params: Any) -> Any:
        """Return the result, as JSON.

        :raises EndpointRefused: those that answer refuse.
        :raises EndpointsDisagree: too few say the same.
        :raises EndpointError: none answers.
        """
        outcomes = self._panel.ask_each(lambda endpoint: endpoint.ask(method, *params).value)
        answer, _ = vote(
            self._panel, outcomes, f"the answer to {method}", lambda value: json.dumps(value, sort_keys=True)
        )
        return answer
