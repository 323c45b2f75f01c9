"""The picture of the near-miss: well-formed whatever it is drawn from, told in words as well, and nothing overlaps."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.story.layout import Box
from tests.story.lettering import MONO, width
from tests.story.near_miss import Clock, Deed, Mark, NearMiss, Part, Person, Round, Stall, Stance
from tests.story.timeline import WIDTH, describe, timeline
from verifier.model.text import sanitise, show_moment
from verifier.model.units import Timestamp

SVG = "{http://www.w3.org/2000/svg}"
NOON = Timestamp(1_772_452_800)
HOUR = 3_600
HOSTILE = "</text><script>alert('x')</script> & \"\N{RIGHT-TO-LEFT OVERRIDE}\x1b[31m"

moments = st.integers(0, 1 << 40).map(Timestamp) | st.integers(NOON, NOON + 72 * HOUR).map(Timestamp)
names = st.sampled_from(["Ana", "Ben", HOSTILE, "m" * 300]) | st.text(max_size=40)
stories = st.builds(
    NearMiss,
    title=names,
    source=st.lists(names, max_size=3).map(tuple),
    heard=names,
    heard_from=names,
    said=names,
    parts=st.lists(st.builds(Part, data=st.binary(max_size=100), name=names, meaning=names), max_size=8).map(
        tuple
    ),
    clock=st.none() | st.builds(Clock, begins=moments, ends=moments, stopped=st.none() | moments),
    stall=st.none() | st.builds(Stall, moment=moments, would_end=moments, words=names),
    people=st.lists(
        st.builds(
            Person, name=names, where=names, offset=st.integers(-720, 840), stance=st.sampled_from(Stance)
        ),
        max_size=20,
    ).map(tuple),
    rounds=st.lists(
        st.builds(
            Round, title=names, is_quorum=st.booleans(), reasons=st.lists(names, max_size=6).map(tuple)
        ),
        max_size=3,
    ).map(tuple),
    marks=st.lists(
        st.builds(Mark, moment=moments, who=names, deed=st.sampled_from(Deed), words=names), max_size=12
    ).map(tuple),
    roles=st.dictionaries(names, names, max_size=4),
)

few = settings(max_examples=50)

VETO = Mark(moment=Timestamp(NOON + 30 * HOUR), who="Dana", deed=Deed.VETOED, words="vetoes")
USUAL = NearMiss(
    title="40,000,000 USDC, three signatures, one veto",
    source=("Vault 0x01", "Operation 0x02"),
    heard="Routine maintenance, please sign.",
    heard_from="Evan",
    said="Sends 40,000,000.000000 USDC (40000000000000) to 0x03.",
    parts=(
        Part(data=bytes.fromhex("a9059cbb"), name="", meaning="transfer(address,uint256)"),
        Part(data=(40 * 10**12).to_bytes(32, "big"), name="amount", meaning="40,000,000.000000 USDC"),
    ),
    clock=Clock(begins=NOON, ends=Timestamp(NOON + 48 * HOUR), stopped=VETO.moment),
    stall=None,
    people=(),
    rounds=(),
    marks=(VETO, Mark(moment=NOON, who="Cleo", deed=Deed.SIGNED, words="signs")),
    roles={"Dana": "security"},
)


def parse(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - drawn here


def texts_of(picture: str) -> list[str]:
    return ["".join(node.itertext()) for node in parse(picture).iter(f"{SVG}text")]


def boxes_of(picture: str) -> list[tuple[str, Box]]:
    """Return every text with the room that it takes at most, whatever the reader's font."""
    found = []
    for node in parse(picture).iter(f"{SVG}text"):
        words, names = "".join(node.itertext()), node.attrib["class"].split()
        given_size = re.search(r"font-size:([\d.]+)px", node.get("style", ""))
        size = float(given_size[1]) if given_size else 11 if "kicker" in names else 13
        reach = width(words, size, bold="bold" in names)
        if "kicker" in names:
            reach += 0.08 * size * len(words)  # letter-spacing
        if "mono" in names:
            reach = len(words) * MONO * size
        x = float(node.attrib["x"]) - {"end": reach, "middle": reach / 2}.get(node.get("text-anchor", ""), 0)
        y = float(node.attrib["y"])
        # From the height of a capital to a little below the line.
        found.append((words, Box(x=x, y=y - 0.72 * size, width=reach, height=0.85 * size)))
    return found


@few
@given(stories)
def test_timeline__of_anything__is_well_formed_and_nothing_but_what_it_should_be(story: NearMiss) -> None:
    tree = parse(timeline(story))
    tags = {node.tag.removeprefix(SVG) for node in tree.iter()}
    assert tags <= {
        "svg", "title", "desc", "style", "defs", "pattern", "g", "rect", "circle", "path", "text", "tspan"
    }  # fmt: skip
    assert tree.get("role") == "img"
    assert [tree[0].tag, tree[1].tag] == [f"{SVG}title", f"{SVG}desc"]
    assert tree.get("aria-labelledby") == f"{tree[0].get('id')} {tree[1].get('id')}"


@few
@given(stories)
def test_timeline__of_anything__is_printable_ascii(story: NearMiss) -> None:
    picture = timeline(story)
    assert picture.isascii()
    assert picture.replace("\n", "").isprintable()


@few
@given(stories)
def test_timeline__of_anything__has_no_texts_that_overlap_or_leave_it(story: NearMiss) -> None:
    picture = timeline(story)
    height = float(parse(picture).attrib["height"])
    boxes = boxes_of(picture)
    for words, box in boxes:
        assert box.x >= 0, words
        assert box.x + box.width <= WIDTH, words
        assert box.y + box.height <= height, words
    for (words, one), (others, other) in combinations(boxes, 2):
        assert not one.touches(other), (words, others)


@few
@given(stories)
def test_description__of_anything__tells_every_mark_in_the_order_of_time(story: NearMiss) -> None:
    told = parse(timeline(story))[1].text or ""
    assert told == describe(story)
    in_order = sorted(story.marks, key=lambda m: m.moment)
    told_of_marks = told.split("\n")[2 : 2 + len(in_order)]
    for line, m in zip(told_of_marks, in_order, strict=True):
        assert line.startswith(f"{show_moment(m.moment)}: {sanitise(m.who, most=400)} {m.deed.value} (")


def test_timeline__of_the_usual_story__shows_all_of_it() -> None:
    shown = texts_of(timeline(USUAL))
    for words in (USUAL.title, USUAL.heard, "Evan", USUAL.said, "a9059cbb", "signs", "vetoes", "security"):
        assert words in " ".join(shown)
    assert "amount: 40,000,000.000000 USDC" in shown
    assert "1 day 6 hours gone" in shown
    assert "18 hours left" in shown


def test_timeline__hostile_name__is_text() -> None:
    hostile = Mark(moment=NOON, who=HOSTILE, deed=Deed.SIGNED, words=HOSTILE)
    picture = timeline(replace(USUAL, title=HOSTILE, heard=HOSTILE, marks=(VETO, hostile)))
    assert "<script>" not in picture
    assert "\x1b" not in picture
    assert "&lt;/text&gt;&lt;script&gt;" in picture
    assert "\\u{202e}" in picture


def test_timeline__another_amount__is_another_picture() -> None:
    other = replace(USUAL, said="Sends 7.000000 USDC (7000000) to 0x03.", parts=USUAL.parts[:1])
    shown = " ".join(texts_of(timeline(other)))
    assert "Sends 7.000000 USDC (7000000)" in shown
    assert "40,000,000.000000" not in shown


def test_timeline__later_mark__stands_further_right() -> None:
    def x_of_signature(hours: int) -> float:
        cleo = Mark(moment=Timestamp(NOON + hours * HOUR), who="Cleo", deed=Deed.SIGNED, words="signs")
        boxes = boxes_of(timeline(replace(USUAL, marks=(VETO, cleo))))
        return next(box.x for words, box in boxes if words == "signs")

    assert x_of_signature(1) < x_of_signature(5) < x_of_signature(9)


def test_timeline__no_quorum__has_no_clock() -> None:
    assert "The vault's" in texts_of(timeline(USUAL))
    assert "The vault's" not in texts_of(timeline(replace(USUAL, clock=None)))


SEGREGATED = replace(
    USUAL,
    stall=Stall(
        moment=Timestamp(NOON - 9 * HOUR), would_end=Timestamp(NOON + 39 * HOUR), words="No three are apart."
    ),
    people=(
        Person(name="Cleo", where="Zurich, UTC+1", offset=60, stance=Stance.COUNTED),
        Person(name="Ana", where="Zurich, UTC+1", offset=60, stance=Stance.LEFT_OUT),
        Person(name="Dana", where="San Francisco, UTC-8", offset=-480, stance=Stance.OTHER),
    ),
    rounds=(
        Round(title="no quorum", is_quorum=False, reasons=("Ana shares the place with Cleo",)),
        Round(title="a quorum", is_quorum=True, reasons=("Cleo and Flor: 4 hours",)),
    ),
)


def test_timeline__of_approvals_in_vain__shows_the_clock_that_did_not_start_and_why() -> None:
    shown, unsegregated = texts_of(timeline(SEGREGATED)), texts_of(timeline(USUAL))
    for words in (
        "No clock", "No three are apart.", "Zurich, UTC+1", "Ana shares the place with Cleo", "Cleo and Flor: 4 hours"
    ):  # fmt: skip
        assert words in shown
        assert words not in unsegregated
    # Both clocks are there.
    assert "The vault's" in shown


def test_timeline__two_at_one_place__share_a_label() -> None:
    shown = texts_of(timeline(SEGREGATED))
    assert "Cleo, Ana" in shown
    apart = replace(SEGREGATED.people[1], where="Seoul, UTC+9", offset=540)
    assert "Cleo, Ana" not in texts_of(timeline(replace(SEGREGATED, people=(SEGREGATED.people[0], apart))))


def test_timeline__east_of_utc__is_on_the_right_of_the_circle() -> None:
    boxes = dict(boxes_of(timeline(SEGREGATED)))
    assert boxes["Cleo, Ana"].x > boxes["Dana"].x
    swapped = tuple(replace(person, offset=-person.offset) for person in SEGREGATED.people)
    mirrored = dict(boxes_of(timeline(replace(SEGREGATED, people=swapped, marks=()))))
    assert mirrored["Cleo, Ana"].x < mirrored["Dana"].x


def test_description__of_approvals_in_vain__says_who_is_where_and_what_counts() -> None:
    told = describe(SEGREGATED)
    for words in (
        "No three are apart.",
        "Cleo, Zurich, UTC+1: in the quorum.",
        "Ana, Zurich, UTC+1: signed, and is not in the quorum.",
        "Dana, San Francisco, UTC-8: did not sign.",
        "Ana shares the place with Cleo.",
    ):
        assert words in told
        assert words not in describe(USUAL)


def test_timeline__nothing_stopped_the_clock__has_nothing_left_of_it() -> None:
    running = replace(USUAL, clock=Clock(begins=NOON, ends=Timestamp(NOON + 48 * HOUR), stopped=None))
    shown = " ".join(texts_of(timeline(running)))
    assert "2 days gone" in shown
    assert "Stopped" not in shown
    assert "Stopped with 18 hours left." in " ".join(texts_of(timeline(USUAL)))


def test_timeline__same_story__is_the_same_text() -> None:
    assert timeline(USUAL) == timeline(replace(USUAL))
