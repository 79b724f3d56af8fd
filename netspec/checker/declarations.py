"""The statements of a file by what they declare: params, sections, assertions."""

from __future__ import annotations

from dataclasses import dataclass, field

from netspec.catalogue.entry import names
from netspec.catalogue.sections import Section
from netspec.checker.assertions import MEASURED
from netspec.checker.values import Scope
from netspec.checker.vocabulary import meant
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.names import Duplicate, Misplaced, UnknownEdition, UnknownSection

EDITION = 1
MODEL = "model"
ORDER = ("data", MODEL, "train", "evaluate")


@dataclass
class Declarations:
    """What a file declares. `sections` holds each section's head and body by its name; `complete` is False where a
    section wasn't understood."""

    scope: Scope = field(default_factory=Scope)
    sections: dict[str, tuple[tree.Name, tree.Body]] = field(default_factory=dict)
    assertions: list[tree.Assertion] = field(default_factory=list)
    complete: bool = True


def declare(spec: tree.Tree, problems: Problems) -> Declarations:
    """Sort the statements; what declares nothing is reported."""
    declared = Declarations(Scope(complete=not problems.fatal))
    for statement in spec.statements:
        match statement:
            case tree.Edition():
                if statement.number.text != str(EDITION):
                    problems.add(UnknownEdition(statement.number.span, statement.number.text))
            case tree.Param():
                _param(statement, declared.scope, problems)
            case tree.Assertion():
                declared.assertions.append(statement)
            case tree.Line() if statement.section:
                _section(*statement.section, declared, problems)
            case tree.Setting() | tree.Line():
                problems.add(
                    Misplaced(
                        statement.span,
                        "outside of a section stand params, assertions and sections",
                        f"sections: {', '.join(section_names())}",
                    )
                )
    for name in declared.scope.spans:
        if name in declared.scope.waiting:
            declared.scope.compute(name, problems)
    return declared


def section_names() -> tuple[str, ...]:
    """The sections in the order in which specs have them."""
    return tuple(sorted((MODEL, *names(Section)), key=ORDER.index))


def _param(statement: tree.Param, scope: Scope, problems: Problems) -> None:
    name = statement.name
    if name.id in scope.spans:
        problems.add(Duplicate(name.span, "param", name.id, scope.spans[name.id]))
        return
    scope.spans[name.id] = name.span
    if name.id in MEASURED:
        message = f"`{name.id}` is what `assert` calls the network's own; the param needs another name"
        problems.add(Misplaced(name.span, message))
    else:
        scope.waiting[name.id] = statement.value


def _section(head: tree.Name, body: tree.Body, declared: Declarations, problems: Problems) -> None:
    if head.id not in section_names():
        declared.complete = False
        nearest = meant(head.id, section_names())
        problems.add(UnknownSection(head.span, head.id, nearest, section_names()))
    elif head.id in declared.sections:
        problems.add(Duplicate(head.span, "section", head.id, declared.sections[head.id][0].span))
    else:
        declared.sections[head.id] = (head, body)
