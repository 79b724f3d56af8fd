"""Comments in the JSON form: `$comment` to the tree's comments and back."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from netspec.diagnostics import did_you_mean
from netspec.lang.json.syntax import Array, Object, String, Value, found
from netspec.lang.tree import Comments
from netspec.problems import Problems
from netspec.problems.names import UnknownKey
from netspec.problems.values import WrongValue

COMMENT = "$comment"
KEYS = ("before", "after", "opening", "inside", "at")


@dataclass(frozen=True)
class CommentValue:
    """What a `$comment` says, as lines of `.net`.

    `opening` stands behind the brace that opens a body, `inside` after its last statement. `at` are the remarks on
    those members of the object that have no `$comment` of their own.
    """

    before: tuple[str, ...] = ()
    after: str | None = None
    opening: str | None = None
    inside: tuple[str, ...] = ()
    at: Mapping[str, CommentValue] = field(default_factory=dict)

    @property
    def around(self) -> Comments:
        """For the node itself. What only a body could bear goes before it, so that nothing is lost."""
        return Comments(before=self.before, after=self.after)

    @property
    def within(self) -> Comments:
        """For the body of the node."""
        return Comments(after=self.opening, inside=self.inside)

    @property
    def flat(self) -> Comments:
        """For a node without a body; what a body would have borne goes before it, so that nothing is lost."""
        return Comments(before=(*self.before, *filter(None, [self.opening]), *self.inside), after=self.after)

    @property
    def texts(self) -> tuple[str, ...]:
        """All lines of it, for where one thing bears them all."""
        inner = (text for comment_value in self.at.values() for text in comment_value.texts)
        return (*self.flat.before, *filter(None, [self.after]), *inner)

    def settled(self, bearing: Container[str]) -> CommentValue:
        """With what is said of members before the whole, but for those that bear it themselves."""
        spare = (text for key, comment_value in self.at.items() if key not in bearing for text in comment_value.texts)
        kept = {key: comment_value for key, comment_value in self.at.items() if key in bearing}
        return replace(self, before=(*self.before, *spare), at=kept)


# ---- reading ----


def read_comment(node: Object, problems: Problems) -> CommentValue:
    """What the `$comment` of an object says."""
    members = {member.key.value: member.value for member in node.members if not member.key.value.startswith("$")}
    return _read(node.get(COMMENT), members, problems)


def _read(node: Value | None, members: Mapping[str, Value], problems: Problems) -> CommentValue:
    """`members` are those that an `at` may speak of."""
    match node:
        case None:
            return CommentValue()
        case String():
            return CommentValue(before=_lines(node.value))
        case Object():
            return _read_object(node, members, problems)
        case _:
            problems.add(WrongValue(node.span, COMMENT, "a string or an object", found(node)))
            return CommentValue()


def _read_object(node: Object, members: Mapping[str, Value], problems: Problems) -> CommentValue:
    texts: dict[str, str] = {}
    at: dict[str, CommentValue] = {}
    for member in node.members:
        name, value = member.key.value, member.value
        if name == "at" and isinstance(value, Object):
            at = dict(_read_at(value, members, problems))
        elif name not in KEYS:
            problems.add(UnknownKey(member.key.inner, COMMENT, name, did_you_mean(name, KEYS), KEYS))
        elif name != "at" and isinstance(value, String):
            texts[name] = value.value
        else:
            problems.add(WrongValue(value.span, name, "an object" if name == "at" else "a string", found(value)))
    return CommentValue(
        before=_lines(texts.get("before")),
        after=_one_line(texts.get("after")),
        opening=_one_line(texts.get("opening")),
        inside=_lines(texts.get("inside")),
        at=at,
    )


def _read_at(node: Object, members: Mapping[str, Value], problems: Problems) -> Iterator[tuple[str, CommentValue]]:
    for member in node.members:
        name = member.key.value
        if name in members:
            yield name, _read(member.value, _items(members[name]), problems)
        else:
            nearest = did_you_mean(name, members)
            problems.add(UnknownKey(member.key.inner, "at", name, nearest, tuple(members)))


def _items(node: Value) -> dict[str, Value]:
    """The items of an array by their numbers; an object's members have their remarks in the object itself."""
    return {str(index): item for index, item in enumerate(node.items)} if isinstance(node, Array) else {}


def _lines(text: str | None) -> tuple[str, ...]:
    """Lines of comments; empty ones stay, but two in a row are one."""
    lines: list[str] = []
    for line in text.split("\n") if text is not None else ():
        line = _sign(line)
        if line or lines[-1:] != [""]:
            lines.append(line)
    return tuple(lines)


def _one_line(text: str | None) -> str | None:
    return _sign(" ".join(text.split("\n"))) or None if text is not None else None


def _sign(line: str) -> str:
    line = line.strip().replace("\r", " ")
    return line if not line or line.startswith("#") else f"# {line}"


# ---- writing ----


def write_comment(comment_value: CommentValue) -> Any:
    """The `$comment` that says it: a string where that is enough, None where there is nothing to say."""
    found = {
        "before": _text(comment_value.before),
        "after": _text([comment_value.after] if comment_value.after else []),
        "opening": _text([comment_value.opening] if comment_value.opening else []),
        "inside": _text(comment_value.inside),
        "at": {
            key: written for key, inner in comment_value.at.items() if (written := write_comment(inner)) is not None
        },
    }
    found = {key: value for key, value in found.items() if value not in (None, {})}
    if not found:
        return None
    return found["before"] if set(found) == {"before"} else found


def _text(lines: Iterable[str]) -> str | None:
    lines = [_unsigned(line) for line in lines]
    return "\n".join(lines) if lines else None


def _unsigned(line: str) -> str:
    """A line without its sign, unless it would then be read as one that has its sign."""
    rest = line.removeprefix("# ")
    return line if not rest or rest.startswith("#") else rest
