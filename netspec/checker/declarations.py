"""The statements of a file by what they declare: params, sections, assertions."""

from __future__ import annotations

from dataclasses import dataclass, field

from netspec.catalogue.entry import names
from netspec.catalogue.sections import Section
from netspec.checker.values import Bad, Scope, Symbol, evaluate
from netspec.diagnostics import did_you_mean
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.names import Duplicate, Misplaced, UnknownEdition, UnknownSection

EDITION = 1
MODEL = "model"


@dataclass
class Declarations:
    """What a file declares. `sections` holds each section's head and body by its name."""

    scope: Scope = field(default_factory=Scope)
    sections: dict[str, tuple[tree.Name, tree.Body]] = field(default_factory=dict)
    assertions: list[tree.Assertion] = field(default_factory=list)


def declare(spec: tree.Tree, problems: Problems) -> Declarations:
    """Sort the statements; what declares nothing is reported."""
    declared = Declarations()
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
    return declared


def section_names() -> tuple[str, ...]:
    return ("data", MODEL, *(name for name in ("train", "evaluate") if name in names(Section)))


def _param(statement: tree.Param, scope: Scope, problems: Problems) -> None:
    name = statement.name.id
    if name in scope.spans:
        problems.add(Duplicate(statement.name.span, "param", name, scope.spans[name]))
        return
    scope.spans[name] = statement.name.span
    try:
        value = evaluate(statement.value, scope, problems)
    except Bad:
        return
    if isinstance(value, Symbol):
        problems.add(scope.undefined(value.id, statement.value.span))
        return
    scope.values[name] = value


def _section(head: tree.Name, body: tree.Body, declared: Declarations, problems: Problems) -> None:
    if head.id not in section_names():
        nearest = did_you_mean(head.id, section_names())
        problems.add(UnknownSection(head.span, head.id, nearest, section_names()))
    elif head.id in declared.sections:
        problems.add(Duplicate(head.span, "section", head.id, declared.sections[head.id][0].span))
    else:
        declared.sections[head.id] = (head, body)
