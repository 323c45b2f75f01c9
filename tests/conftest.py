"""How Hypothesis runs, what no test leaves to the next, and what is not looked at for garbage again and again.

HYPOTHESIS_PROFILE chooses a profile; scripts/test prints the seed that repeats a run.
"""

from __future__ import annotations

import gc
import logging
import os
import signal

from hypothesis import HealthCheck, settings

# No deadlines: a chain, and a machine with two cores, take their time. A failure prints what repeats it.
settings.register_profile(
    "default",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# Continuous integration starts from nothing each time, so it keeps no examples.
settings.register_profile("ci", parent=settings.get_profile("default"), database=None)
# For a quick look while writing a test.
settings.register_profile("quick", parent=settings.get_profile("default"), max_examples=10)

settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "default")

_LAST_RESORT = logging.lastResort


def pytest_configure() -> None:
    """Let tests be interrupted as at a terminal, though whoever runs them in the background has that ignored."""
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and not among what stays to the end: of the screens it took a third of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def pytest_runtest_teardown() -> None:
    """Undo what a command that ran in this process did to our loggers: the next test may want to read them."""
    logger = logging.getLogger("fourth_signer")
    if not logger.propagate:
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)
        logging.lastResort = _LAST_RESORT
