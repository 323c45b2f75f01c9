"""The lint for foreign text: what it catches when it is planted, what it lets pass, and that the package is clean."""

from __future__ import annotations

import pytest

from tests.foreign.__main__ import lint_package
from tests.foreign.lint import violations_in

TOKEN = """
class Token:
    symbol: Foreign | None
    others: tuple[Foreign, ...]
    title: Shown
"""
ERROR = """
class Refused(EndpointError):
    message: str
    others: tuple[str, ...]
    code: int

    def sentence(self) -> str:
        return {}
"""


def found(code: str, **more: str) -> list[str]:
    modules = {"verifier/model/token.py": TOKEN, "verifier/cli/shown.py": code}
    modules |= {f"verifier/{room}/other.py": text for room, text in more.items()}
    return [each.what for each in violations_in(modules, {})]


PLANTED = {
    "plain": "def f(token):\n    return Shown(token.symbol)",
    "in an f-string": "def f(token):\n    return Shown(f'{token.symbol}: paid')",
    "with a format": "def f(token):\n    return Shown(f'{token.symbol:>8}')",
    "by its repr": "def f(token):\n    return Shown(f'{token.symbol!r}')",
    "added": "def f(token):\n    return Shown('paid ' + token.symbol)",
    "by percent": "def f(token):\n    return Shown('paid %s' % token.symbol)",
    "by format": "def f(token):\n    return Shown('paid {}'.format(token.symbol))",
    "by str": "def f(token):\n    return Shown(str(token.symbol))",
    "joined": "def f(token):\n    return Shown(', '.join(token.others))",
    "joined one by one": "def f(token):\n    return Shown(', '.join(one for one in token.others))",
    "joined from a list": "def f(token):\n    return Shown(', '.join([f'<{one}>' for one in sorted(token.others)]))",
    "stripped": "def f(token):\n    return Shown(token.symbol.strip().upper())",
    "cut": "def f(token):\n    return Shown(token.others[0][:3])",
    "one of two": "def f(token):\n    return Shown(token.symbol if token else 'nothing')",
    "or": "def f(token):\n    return Shown(token.symbol or 'nothing')",
    "by a name": "def f(token):\n    said = token.symbol\n    also = f'{said}.'\n    return Shown(also)",
    "by two names": "def f(token):\n    a, b = 'x', token.symbol\n    return Shown(b)",
    "by a walrus": "def f(token):\n    return Shown(said) if (said := token.symbol) else None",
    "added to a name": "def f(token):\n    said = 'paid '\n    said += token.symbol\n    return Shown(said)",
    "by a loop": "def f(token):\n    for one in token.others:\n        yield Shown(one)",
    "by a parameter": "def f(said: Foreign):\n    return Shown(said)",
    "through a function": "def g(token) -> str:\n    return token.symbol\ndef f(token):\n    return Shown(g(token))",
    "into a function": "def g(said: str):\n    return Shown(said)\ndef f(token):\n    return g(token.symbol)",
    "into one by a name": (
        "def g(*, said: str):\n    return Shown(said)\ndef f(token):\n    return g(said=token.symbol)"
    ),
    "into a method": (
        "class A:\n    def g(self, said):\n"
        "        return Shown(said)\ndef f(a, token):\n    a.g(token.symbol)"
    ),
    "from a result": "def g() -> Foreign: ...\ndef f():\n    return Shown(g())",
    "from bytes": "def f(data):\n    return Shown(data.decode('utf-8'))",
    "an exception": (
        "def f():\n    try:\n"
        "        g()\n    except ValueError as exc:\n        return Shown(f'it fails: {exc}')"
    ),
    "what it carries": (
        "def f():\n    try:\n        g()\n    except Refused as exc:\n        return Shown(exc.message)"
    ),
    "where it is text": "def f(value):\n    match value:\n        case str():\n            return Shown(f'<{value}>')",
    "a path": "def f(path: Path):\n    return Shown(f'{path} is there')",
    "a path's name": "def f(path: Path):\n    return Shown(path.name)",
    "a page": "def f(page, token):\n    page.text(f'{token.symbol}')",
    "a page's lead": "def f(page, token):\n    page.text('x', hang=token.symbol)",
    "an answer": "def f(token):\n    return Answer(text=f'{token.symbol}')",
    "the terminal": "def f(token):\n    sys.stderr.write(token.symbol)",
    "an undeclared field": "class B:\n    note: str\ndef f(token):\n    return B(note=token.symbol)",
    "a field that is fit": "class B:\n    note: Shown | str\ndef f(token):\n    return B(note=token.symbol)",
}


@pytest.mark.parametrize("name", PLANTED)
def test_lint__foreign_text_that_is_shown_as_it_came__found(name: str) -> None:
    assert len(found(PLANTED[name])) == 1


FIT = {
    "sanitised": "def f(token):\n    return Shown(f'{sanitise(token.symbol)}: paid')",
    "sanitised one by one": "def f(token):\n    return Shown(', '.join(sanitise(one) for one in token.others))",
    "sanitised by map": "def f(token):\n    return Shown(', '.join(map(sanitise, token.others)))",
    "fit already": "def f(token):\n    return Shown(f'{token.title}')",
    "counted": "def f(token):\n    return Shown(f'{len(token.others)} others')",
    "compared": "def f(token):\n    return Shown('yes' if token.symbol == 'x' else 'no')",
    "escaped": "def f(token):\n    return Shown(f'{token.symbol!a}')",
    "an error's sentence": (
        "def f():\n    try:\n        g()\n    except Refused as exc:\n        return Shown(exc.sentence())"
    ),
    "made fit elsewhere": (
        "def g(token) -> Shown:\n    return sanitise(token.symbol)\ndef f(token):\n    return Shown(g(token))"
    ),
    "kept as foreign": "class B:\n    note: Foreign\ndef f(token):\n    return B(note=token.symbol)",
    "another one's field": "class B:\n    symbol: Shown\ndef f(b: B):\n    return Shown(b.symbol)",
    "a number": "def f(value):\n    match value:\n        case int():\n            return Shown(str(value))",
    "hex": "def f(data):\n    return Shown(f'0x{data.hex()}')",
}


@pytest.mark.parametrize("name", FIT)
def test_lint__text_that_is_fit__passes(name: str) -> None:
    assert found(FIT[name]) == []


@pytest.mark.parametrize(
    "said",
    ["self.message", "f'It said {self.message}.'", "'It said ' + self.message", "', '.join(self.others)"],
)
def test_lint__error_that_says_what_it_was_told__found(said: str) -> None:
    (what,) = found("", errors=ERROR.format(said))
    assert "the sentence of an error" in what


@pytest.mark.parametrize(
    "said",
    [
        "f'Error {self.code}.'",
        "f'It said {sanitise(self.message)}.'",
        "', '.join(map(sanitise, self.others))",
    ],
)
def test_lint__error_that_sanitises__passes(said: str) -> None:
    assert found("", errors=ERROR.format(said)) == []


def test_lint__error_with_a_field_of_the_one_it_is_made_from__found() -> None:
    base = "class EndpointError(Exception):\n    endpoint: str\n"
    assert len(found("", errors=base + ERROR.format("f'{self.endpoint} failed'"))) == 1


def test_lint__text_in_the_model_that_nobody_declared__found_unless_listed() -> None:
    modules = {"verifier/model/note.py": "class Note:\n    said: tuple[str, ...]\n    count: int"}
    (violation,) = violations_in(modules, {})
    assert "Note.said is text" in violation.what
    assert violation.line == 2
    assert violations_in(modules, {"Note.said": "made here"}) == []


def test_lint__the_package__is_clean() -> None:
    assert lint_package() == []
