"""Statements to declarations: those of a file, and of the files that it extends and imports from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import MODEL, section_names, section_with
from netspec.checker.names.declarations import Declarations, Definition, Part, meaning_of, only_replaces
from netspec.checker.names.domains import check_domain, read_domain
from netspec.checker.names.files import Includes
from netspec.checker.names.index import Index
from netspec.checker.names.overrides import read_override
from netspec.checker.names.scope import Scope, Unresolved, in_domain
from netspec.checker.names.values import compute
from netspec.checker.names.vocabulary import meant, unknown_section
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.files import NotDeclared, UnknownNetwork
from netspec.problems.names import Duplicate, Misplaced, Shadowed, UnknownEdition
from netspec.source import Span
from netspec.zoo import NAME as ZOO
from netspec.zoo import library_name, networks

EDITION = 1


def declare(
    spec: tree.Tree, problems: Problems, overrides: Mapping[str, str], files: Includes, index: Index
) -> Declarations:
    """Sort the statements; what declares nothing is reported. `overrides` are values for params, as a spec has them."""
    reader = _Reader(problems, files, index)
    declared = Declarations(Scope(complete=not problems.fatal, index=index))
    reader.file(spec, declared)
    for name, text in overrides.items():
        reader.override(name, text, declared)
    for name in declared.scope.spans:
        if name in declared.scope.waiting:
            compute(name, declared.scope, problems)
    reader.domains()
    return declared


class _Reader:
    """Reads a file and those it names. A name may be declared once in a file, and again in one that extends it."""

    def __init__(self, problems: Problems, files: Includes, index: Index) -> None:
        self.problems = problems
        self.files = files
        self.index = index
        self.modules: dict[Any, Declarations] = {}
        self.waiting: list[tuple[Declarations, tree.Param]] = []
        self.imported: list[tuple[str, Declarations, Declarations]] = []

    def file(self, spec: tree.Tree, declared: Declarations) -> None:
        extensions = [item for item in spec.statements if isinstance(item, tree.Extension)]
        for extension in extensions[1:]:
            self.problems.add(Duplicate(extension.span, "file", "extends", extensions[0].span))
        for extension in extensions[:1]:
            with self.files.opened(extension.file, self.problems) as base:
                if base is None:
                    declared.complete = declared.scope.complete = declared.whole = False
                else:
                    self.index.refer(extension.file.span, base.source.whole())
                    self.file(base, declared)
        self.statements(spec, declared)

    def statements(self, spec: tree.Tree, declared: Declarations) -> None:
        own: dict[str, Span] = {}
        for statement in spec.statements:
            match statement:
                case tree.Edition():
                    if statement.number.text != str(EDITION):
                        self.problems.add(UnknownEdition(statement.number.span, statement.number.text))
                case tree.Extension():
                    pass
                case tree.Import():
                    self._import(statement, declared, own)
                case tree.Param():
                    self._param(statement, declared, own)
                case tree.Block():
                    self._block(statement, declared, own)
                case tree.Assertion():
                    declared.assertions.append(statement)
                case tree.Line() if statement.section:
                    self._section(*statement.section, declared, own)
                case _:
                    self._misplaced(statement)

    def _misplaced(self, statement: tree.Statement) -> None:
        step = statement.pipe.steps[0] if isinstance(statement, tree.Line) else None
        label = step.label if step is not None and step.body is not None else None
        if label is not None and label.id in section_names():
            message = f"the section `{label.id}` has no colon"
            self.problems.add(Misplaced(label.span, message, f"write `{label.id} {{`"))
            return
        message = "outside of a section stand params, blocks, assertions and sections"
        owner = section_with(statement.name.id) if isinstance(statement, tree.Setting) else None
        help = f"a key of `{owner}`: {owner} {{ {statement.span.text} }}" if owner else None
        self.problems.add(Misplaced(statement.span, message, help or f"sections: {', '.join(section_names())}"))

    def _is_new(self, name: tree.Name, what: str, own: dict[str, Span]) -> bool:
        """Whether a name isn't declared in this file yet."""
        if name.id in own:
            self.problems.add(Duplicate(name.span, what, name.id, own[name.id]))
            return False
        own[name.id] = name.span
        return True

    # ---- params ----

    def _param(self, statement: tree.Param, declared: Declarations, own: dict[str, Span]) -> None:
        name, scope = statement.name, declared.scope
        self.index.declare(name.span, "param")
        if not self._is_new(name, "param", own):
            return
        before = scope.spans.get(name.id)
        if before is not None:
            declared.replaced[f"params.{name.id}"] = before
        meaning = meaning_of(name.id, declared.blocks)
        if meaning is not None:
            self.problems.add(Shadowed(name.span, name.id, meaning))
            if find(Layer, name.id) is None:
                # where it is used nothing more is said; an operation stays one
                scope.spans[name.id] = name.span
            return
        scope.spans[name.id] = scope.places[name.id] = name.span
        scope.values.pop(name.id, None)
        scope.waiting[name.id] = statement.value
        if statement.domain is not None:
            self.waiting.append((declared, statement))

    def override(self, name: str, text: str, declared: Declarations) -> None:
        """Put a value from outside in the place of a param's."""
        node = read_override(name, text, tuple(declared.scope.spans), self.problems)
        if node is not None:
            declared.replaced[f"params.{name}"] = declared.scope.spans[name]
            declared.scope.spans[name] = node.span
            declared.scope.waiting[name] = node

    def domains(self) -> None:
        """Hold each param against the values that it may take."""
        for owner, statement in self.waiting:
            name, node = statement.name.id, statement.domain
            if node is None:
                continue
            try:
                with owner.scope.reading(in_domain(name)):
                    domain = read_domain(node, owner.scope, self.problems)
            except Unresolved:
                continue
            owner.domains[name] = domain
            if name in owner.scope.values:
                place = owner.scope.spans[name]
                span = place if place != statement.name.span else statement.value.span
                check_domain(domain, node.span, name, owner.scope.values[name], span, self.problems)
        for name, module, importer in self.imported:
            if name in module.domains:
                importer.domains[name] = module.domains[name]

    # ---- blocks ----

    def _block(self, statement: tree.Block, declared: Declarations, own: dict[str, Span]) -> None:
        name = statement.name
        self.index.declare(name.span, "block")
        for parameter in statement.parameters:
            self.index.declare(parameter.name.span, "parameter")
        if not self._is_new(name, "block", own):
            return
        meaning = meaning_of(name.id)
        if meaning is not None:
            # its calls mean the block, and nothing follows from the name
            self.problems.add(Shadowed(name.span, name.id, meaning))
        seen: dict[str, Span] = {}
        for parameter in statement.parameters:
            self._parameter(parameter.name, declared, seen)
        self._networks(statement.body, declared)
        declared.blocks[name.id] = Definition(statement, declared)

    def _parameter(self, name: tree.Name, declared: Declarations, seen: dict[str, Span]) -> None:
        if not self._is_new(name, "parameter", seen):
            return
        meaning = meaning_of(name.id, declared.blocks, measured=False)
        if meaning is None and name.id in declared.scope.spans:
            meaning = "a param"
        if meaning is not None:
            self.problems.add(Shadowed(name.span, name.id, meaning, declared.scope.spans.get(name.id)))

    # ---- other files ----

    def _import(self, statement: tree.Import, declared: Declarations, own: dict[str, Span]) -> None:
        with self.files.opened(statement.file, self.problems) as spec:
            if spec is None:
                for name in statement.names:
                    self.index.declare(name.span, "name")
                declared.missing |= {name.id for name in statement.names}
                declared.scope.spans |= {name.id: name.span for name in statement.names}
                declared.scope.used |= declared.missing
                return
            self.index.refer(statement.file.span, spec.source.whole())
            module = self._module(spec)
        for name in statement.names:
            if self._is_new(name, "name", own):
                self._take(name, statement.file, module, declared)

    def _module(self, spec: tree.Tree) -> Declarations:
        """What another file declares."""
        module = self.modules.get(spec.source.path)
        if module is None:
            module = self.modules[spec.source.path] = Declarations(Scope(index=self.index))
            self.file(spec, module)
        return module

    def _networks(self, body: tree.Body, declared: Declarations) -> None:
        """The networks of the zoo that a body names are blocks like those of this file."""
        text = body.span.source.text
        if ZOO not in text and "\\u" not in text:
            # to look at every node takes long, and most files have none; in JSON the name may be written in escapes
            return
        for node in tree.walk(body):
            if isinstance(node, tree.Name) and node.id.startswith(f"{ZOO}.") and node.id not in declared.blocks:
                self._network(node, declared)

    def _network(self, node: tree.Name, declared: Declarations) -> None:
        name = node.id.removeprefix(f"{ZOO}.")
        path = self.files.files.network(name)
        if path is None:
            nearest = meant(name, networks())
            self.problems.add(UnknownNetwork(node.span, name, nearest, tuple(networks())))
            return
        file = tree.Text(node.span, library_name(path) or str(path))
        with self.files.opened(file, self.problems, path) as spec:
            if spec is not None and name in (blocks := self._module(spec).blocks):
                declared.blocks[node.id] = blocks[name]

    def _take(self, name: tree.Name, file: tree.Text, module: Declarations, declared: Declarations) -> None:
        if module.may_have(name.id) and name.id not in module.blocks and name.id not in module.scope.values:
            declared.missing.add(name.id)
            return
        declared.imported[name.id] = name.span
        if name.id in module.blocks:
            self.index.refer(name.span, module.blocks[name.id].block.name.span)
            declared.blocks[name.id] = module.blocks[name.id]
        elif name.id in module.scope.spans:
            self.index.refer(name.span, module.scope.place(name.id))
            declared.scope.spans[name.id] = declared.scope.places[name.id] = name.span
            declared.scope.waiting.pop(name.id, None)
            self.imported.append((name.id, module, declared))
            if name.id in module.scope.waiting:
                compute(name.id, module.scope, self.problems)
            if name.id in module.scope.values:
                declared.scope.values[name.id] = module.scope.values[name.id]
        else:
            known = (*module.blocks, *module.scope.spans)
            nearest = meant(name.id, known)
            self.problems.add(NotDeclared(name.span, name.id, file.value, nearest, known))
            del declared.imported[name.id]
            declared.missing |= {name.id, nearest or name.id}

    # ---- sections ----

    def _section(
        self, head: tree.Name | tree.Call, body: tree.Body, declared: Declarations, own: dict[str, Span]
    ) -> None:
        name = head if isinstance(head, tree.Name) else head.function
        if name.id not in section_names():
            declared.complete = False
            if not self.problems.follows(name.span):
                self.problems.add(unknown_section(name.id, name.span))
        elif self._is_new(name, "section", own):
            if isinstance(head, tree.Call) and name.id != MODEL:
                self.problems.add(Misplaced(head.span, f"`{name.id}` takes nothing in parentheses"))
            parts = declared.sections.setdefault(name.id, [])
            if name.id == MODEL:
                if not only_replaces(body):
                    parts.clear()
                self._networks(body, declared)
            parts.append(Part(head, body))
