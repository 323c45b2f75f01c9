"""The screen of one operation: its bytes and values point at each other, and what is impossible says why."""

from __future__ import annotations

from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.tui.pilots import in_terminal, press, settle, text_of
from tests.tui.scene import PAYROLL, batch, make_scene
from verifier.model.finding import ByteRange
from verifier.tui.app import Terminal
from verifier.tui.byte_view import ByteView
from verifier.tui.call_nodes import nodes_of
from verifier.tui.call_tree import CallTree
from verifier.tui.operation_view import OperationView, Parts


def test_nodes__of_a_batch__cover_every_byte_of_every_call() -> None:
    scene = make_scene()
    briefing = scene.source().brief_lane(1)
    nodes = nodes_of(briefing.reviews[0])
    assert [node.name for node in nodes] == ["1. no data", "2. transfer", "3. unknown function"]
    for node, call in zip(nodes, batch().calls, strict=True):
        inner = [each for each in node.walk() if each is not node and each.where]
        covered = {i for each in inner if each.where for i in range(each.where.start, each.where.stop)}
        named = node.name != "3. unknown function"
        assert covered == set(range(4 if named else 0, len(call.data)))


def test_value__selected__lights_up_its_bytes() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", *["down"] * 6)
        view = app.screen.query_one(ByteView)
        assert view.lit == ByteRange(start=4, stop=36)
        assert view.lit_bytes == PAYROLL.rjust(32, b"\0")
        assert "address; bytes 4 to 36 of 70." in text_of(app)

    in_terminal(make_scene(), walk)


def test_parts__turned_faster_than_they_are_drawn__end_where_the_keys_lead() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter")
        names = [name for name, _ in OperationView.TABS]
        for turns in range(1, len(names)):
            for _ in range(turns):
                app.post_message(Key("right_square_bracket", "]"))
            await settle(app, pilot)
            parts = app.screen.query_one(Parts)
            assert parts.active == names[turns]
            assert app.focused is not None
            assert parts.get_pane(parts.active) in app.focused.ancestors
            await press(app, pilot, *["left_square_bracket"] * turns)

    in_terminal(make_scene(), walk)


def test_byte__moved_to__selects_the_value_that_it_is_of() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", *["down"] * 6)
        view, tree = app.screen.query_one(ByteView), app.screen.query_one(CallTree)
        view.focus()
        await press(app, pilot, "down", "right")
        assert view.place == 37
        assert tree.cursor_node is not None
        assert tree.cursor_node.data is not None
        assert tree.cursor_node.data.name == "amount"
        assert view.lit == ByteRange(start=36, stop=68)
        await press(app, pilot, "end")
        assert tree.cursor_node.data.name == "not canonical"
        assert view.lit_bytes == b"\0\1"
        await press(app, pilot, "home")
        assert tree.cursor_node.data.name == "2. transfer"

    in_terminal(make_scene(), walk)


def test_key__of_what_is_impossible__does_nothing_and_says_why() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter")
        await press(app, pilot, "a")
        assert [each.message for each in app._notifications] == ["Approve: You have approved it."]
        enabled = {active.binding.id: active.enabled for active in app.screen.active_bindings.values()}
        assert enabled["operation.approve"] is False
        assert enabled["operation.veto"] is True

    in_terminal(make_scene(), walk)


def test_actions__as_a_list__say_of_each_what_it_does_or_why_not() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter", "left_square_bracket")
        names = [option.id for option in app.screen.query_one("#actions", OptionList).options]
        assert names == ["approve", "veto", "object", "withdraw", "cancel", "expedite", "execute"]
        said = text_of(app)
        assert "v  Veto\n    Stops it for good. You can." in said
        assert "Not now: You have approved it." in said

    in_terminal(make_scene(), walk)


def test_wall_display__an_operation__offers_nothing_to_do() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter", "v")
        assert list(app._notifications) == []
        assert "Veto" not in text_of(app).splitlines()[-1]

    in_terminal(make_scene(), walk, may_act=False)


def test_palette__asked_for_an_operation__opens_it() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "ctrl+p", *"lane 8")
        await pilot.pause(0.5)
        await press(app, pilot, "enter", "enter")
        assert "Lane 8.1  PROPOSED" in text_of(app)

    in_terminal(make_scene(), walk)


def test_help__on_an_operation__explains_its_keys_and_words_first() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter", "question_mark")
        said = text_of(app)
        assert "KEYS HERE" in said
        assert "Approve this operation (not now)" in said
        words = said[said.index("WORDS HERE") : said.index("ALL OTHER WORDS")]
        assert "A batch of calls that the vault may make" in words
        assert "one contract that holds" not in words

    in_terminal(make_scene(), walk, size=(140, 70))
