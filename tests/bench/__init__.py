"""What `scripts/bench VERB` measures: one file a verb, `bench_VERB.py`, with a `measure` that returns a Report.

The report of a verb is kept beside it as `VERB.md`, so that what changes a number shows it as a diff.
"""
