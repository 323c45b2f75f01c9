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


def test_ask__what_is_typed_is_no_text__is_no_and_the_next_question_is_asked(company: Company) -> None:
    """A key of another alphabet, or a finger on the mouse, leaves nobody without a holder."""
    chair = company.chairs[0]
    rules(company.chairs[2], "version = 1\nrepairs = [2]\n")
    joining = ("frost", "join", str(chair.folder), "--plain", *chair.opening)
    # As most people's terminals have it.
    screen = Terminal(company, 1, *joining, variables={"PYTHONIOENCODING": "utf-8:strict"})
    try:
        screen.wait_for("Ctrl-C stops")
        (company.chairs[1].folder / "share.json").unlink()
        company.join(2)
        company.join(3)
        asking = ("repair", str(company.desk), "2", "--helper", "1", "--helper", "3")
        for typed in (b"\xff\n", b"n\n"):
            repairing = company.convene(*asking)
            screen.wait_for(r"anew, for that holder\? \[y/N\] ")
            screen.send(typed)
            screen.wait_for("Answered no: the holder's person said no")
            repairing.end()
    finally:
        screen.end()
        company.end()
