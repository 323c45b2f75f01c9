"""A holder of a share as a process of its own, and whoever brings the holders together.

    service.py      what one holder does with each envelope that comes, and what it has to be asked: by signings.py,
                    dealings.py and repairs.py
    post.py         its letter box: what comes in, what goes out, and the questions that are being decided
    convening.py    the other side: a signing, a dealing or a repair brought about with all holders
    ports.py        what both are handed: shares at rest, decisions, records, and what carries envelopes

It is handed its disk, its endpoints, its keys and its network by the front door, and opens none of them itself.
"""
