"""Carries messages between the holders of a group's key: over HTTPS with both ends pinned, or as files.

What is carried is signed by whoever wrote it, so a courier is not trusted with anything but to carry. Pinned
certificates keep strangers from asking, and what is asked from being overheard.
"""
