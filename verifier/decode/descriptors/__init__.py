"""Descriptors of calls and messages (ERC-7730), bound to what they are about: followed to the letter, or not at all.

Where the format is described: https://eips.ethereum.org/EIPS/eip-7730
"""
