"""A person who typed before there was a question has not answered it."""

from __future__ import annotations

from tests.holders.company import Company, rules
from tests.holders.terminal import Terminal


def test_ask__a_yes_that_was_typed_before__does_not_count(company: Company) -> None:
    """Meant for another question, or for nothing: it would give a share away unread."""
    chair = company.chairs[0]
    rules(company.chairs[2], "version = 1\nrepairs = [2]\n")
    screen = Terminal(company, 1, "frost", "join", str(chair.folder), "--plain", *chair.opening, variables={})
    try:
        screen.wait_for("Ctrl-C stops")
        screen.type("y")
        # Shown by the terminal as it is typed, so that it was there before the question.
        screen.wait_for("y")
        (company.chairs[1].folder / "share.json").unlink()
        company.join(2)
        company.join(3)
        repairing = company.convene("repair", str(company.desk), "2", "--helper", "1", "--helper", "3")
        screen.wait_for(r"anew, for that holder\? \[y/N\] ")
        screen.type("n")
        screen.wait_for("Answered no: the holder's person said no")
        repairing.end()
    finally:
        screen.end()
        company.end()
