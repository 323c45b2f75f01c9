"""The tests. This file makes `tests` ours: some dependency installs a package of the same name."""
