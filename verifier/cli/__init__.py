"""The front door: reads arguments, builds the adapters, hands them to the desk, and prints what comes back.

Nothing heavy is imported before a command needs it, so that `--help` answers at once.
"""

from verifier.cli.door import main

__all__ = ["main"]
