"""Holders of a group's key as real processes on this machine, and the ceremonies that bring them together."""
