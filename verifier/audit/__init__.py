"""The log of what a watcher saw and whom it told: each record holds the hash of the one before it."""
