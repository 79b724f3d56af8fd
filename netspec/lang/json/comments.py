"""Comments in the JSON form: `$comment` as comments of the tree, and back."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from netspec.diagnostics import did_you_mean
from netspec.lang.json.nodes import Array, Object, String, Value, described
from netspec.lang.tree import Comments
from netspec.problems import Problems
from netspec.problems.names import UnknownKey
from netspec.problems.values import WrongValue

COMMENT = "$comment"
KEYS = ("before", "after", "opening", "inside", "at")


@dataclass(frozen=True)
class CommentValue:
    """The value of a `$comment`, as comments of `.net`.

    `opening` is after the brace that opens a body, `inside` after its last statement. `at` holds the comments on
    members of the object that have no `$comment` of their own.
    """

    before: tuple[str, ...] = ()
    after: str | None = None
    opening: str | None = None
    inside: tuple[str, ...] = ()
    at: Mapping[str, CommentValue] = field(default_factory=dict)

    @property
    def around(self) -> Comments:
        """The comments on the node itself."""
        return Comments(before=self.before, after=self.after)

    @property
    def within(self) -> Comments:
        """The comments on the body of the node."""
        return Comments(after=self.opening, inside=self.inside)

    @property
    def flat(self) -> Comments:
        """The comments on a node without a body; those on a body go before it, so that none is lost."""
        return Comments(before=(*self.before, *filter(None, [self.opening]), *self.inside), after=self.after)

    @property
    def texts(self) -> tuple[str, ...]:
        """All lines, for a node that bears them all."""
        inner = (text for comment_value in self.at.values() for text in comment_value.texts)
        return (*self.flat.before, *filter(None, [self.after]), *inner)

    def settled(self, bearing: Container[str]) -> CommentValue:
        """The comments with those on members before the whole, except on members in `bearing`."""
        spare = (text for key, comment_value in self.at.items() if key not in bearing for text in comment_value.texts)
        borne = {key: comment_value for key, comment_value in self.at.items() if key in bearing}
        return replace(self, before=(*self.before, *spare), at=borne)


# ---- reading ----


def read_comment(node: Object, problems: Problems) -> CommentValue:
    """The comments in the `$comment` of an object."""
    members = {member.key.value: member.value for member in node.members if not member.key.value.startswith("$")}
    return _read(node.get(COMMENT), members, problems)


def _read(node: Value | None, members: Mapping[str, Value], problems: Problems) -> CommentValue:
    """`members` are those that may be keys of `at`."""
    match node:
        case None:
            return CommentValue()
        case String():
            return CommentValue(before=_lines(node.value))
        case Object():
            return _read_object(node, members, problems)
        case _:
            problems.add(WrongValue(node.span, COMMENT, "a string or an object", described(node)))
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
            problems.add(WrongValue(value.span, name, "an object" if name == "at" else "a string", described(value)))
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
    """The items of an array by their indices; the members of an object have their comments in the object itself."""
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
    """The `$comment` for comments: a string if that is enough, None if there are none."""
    parts = {
        "before": _text(comment_value.before),
        "after": _text([comment_value.after] if comment_value.after else []),
        "opening": _text([comment_value.opening] if comment_value.opening else []),
        "inside": _text(comment_value.inside),
        "at": {
            key: written for key, inner in comment_value.at.items() if (written := write_comment(inner)) is not None
        },
    }
    parts = {key: value for key, value in parts.items() if value not in (None, {})}
    if not parts:
        return None
    return parts["before"] if set(parts) == {"before"} else parts


def _text(lines: Iterable[str]) -> str | None:
    lines = [_unsigned(line) for line in lines]
    return "\n".join(lines) if lines else None


def _unsigned(line: str) -> str:
    """A line without its sign, unless it would then be read as one that has its sign."""
    rest = line.removeprefix("# ")
    return line if not rest or rest.startswith("#") else rest
