"""Python runs this at its start where this folder is on its path: the library for FIDO2 finds the test's tokens."""

import os

if os.environ.get("SOFT_FIDO2"):
    from tests.keys.soft_fido2 import point_library_at

    point_library_at(os.environ["SOFT_FIDO2"].split(":"))
