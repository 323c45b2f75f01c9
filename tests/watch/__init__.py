"""The watcher on real chains, through endpoints that fail in every known way."""
