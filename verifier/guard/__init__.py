"""Vetoes by the owners' rules, in a process of its own: off unless somebody starts it."""
