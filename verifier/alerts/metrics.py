"""Numbers about the watcher itself, as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from verifier.model.routes import Pulse

TYPE = CONTENT_TYPE_LATEST
_PREFIX = "fourth_signer_watch"


class PulseCollector(Collector):
    """Takes the pulse whenever somebody reads the numbers."""

    def __init__(self, pulse: Callable[[], Pulse]) -> None:
        self._pulse = pulse

    def collect(self) -> Iterable[Metric]:
        """Yield what the pulse says."""
        pulse = self._pulse()
        yield _gauge("store_up", "Whether the store answers.", int(pulse.has_store))
        yield _by(
            "chain_lag_seconds", "Seconds since the newest block that was read.", "chain", pulse.lag.items()
        )
        yield _by("chain_block", "Number of the newest block that was read.", "chain", pulse.block.items())
        yield _by(
            "chain_silence_seconds",
            "Seconds since this watcher looked at the chain.",
            "chain",
            pulse.silent.items(),
        )
        yield _gauge("deliveries_pending", "Deliveries that no channel took yet.", pulse.pending)
        yield _gauge(
            "oldest_undelivered_seconds",
            "Seconds since the oldest delivery that is due was made.",
            pulse.oldest_undelivered,
        )
        tallies = pulse.tallies.items()
        yield _count(
            "deliveries",
            "Deliveries that a channel took.",
            [(name, each.delivered) for name, each in tallies],
        )
        yield _count(
            "delivery_failures",
            "Attempts that a channel did not take.",
            [(name, each.failed) for name, each in tallies],
        )
        yield _by(
            "channel_failing",
            "Attempts in a row that a channel did not take, up to now.",
            "channel",
            [(name, each.failing) for name, each in tallies],
        )


def metrics_page(pulse: Callable[[], Pulse]) -> bytes:
    """Return the numbers as text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(PulseCollector(pulse))
    return generate_latest(registry)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{_PREFIX}_{name}", about, value=value)


def _by(name: str, about: str, label: str, values: Iterable[tuple[object, float]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{_PREFIX}_{name}", about, labels=[label])
    for key, value in values:
        family.add_metric([str(key)], value)
    return family


def _count(name: str, about: str, values: Iterable[tuple[str, float]]) -> CounterMetricFamily:
    family = CounterMetricFamily(f"{_PREFIX}_{name}", about, labels=["channel"])
    for key, value in values:
        family.add_metric([key], value)
    return family
