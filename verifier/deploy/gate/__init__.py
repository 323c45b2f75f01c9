"""The gates before production: two people release a commit, and the security team reviews a change.

`release.require_release` is what a deployer calls. What needs a clock, dice, a disk or git gets them from outside.
"""
