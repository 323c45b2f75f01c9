"""`python -m verifier` is `fourth-signer`."""

import sys

from verifier.cli import main

if __name__ == "__main__":
    sys.exit(main())
