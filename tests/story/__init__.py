"""The story that `scripts/demo` tells: the near-miss, replayed on a chain of its own and told from what the chain says.

Who acts (`cast`, `acts`) prints nothing. What is printed (`chronicle`, `outlook`, `telling`, `whereabouts`, `story`)
knows nothing of what was meant: it reads the chain back. `timeline` draws the picture.
"""
