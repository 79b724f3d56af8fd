"""What SARIF 2.1.0 asks of the objects that a log of netspec has: their required properties and all they may have.

The official schema has hundreds of other objects; these are the same rules of sections 3.13 to 3.58 for the ones that
are written.
"""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
FROM_1 = {"type": "integer", "minimum": 1}
FROM_0 = {"type": "integer", "minimum": 0}


def _object(required: str, optional: str = "", **types: Any) -> dict[str, Any]:
    """An object with these properties and no others; those without a type may be anything."""
    names = [*required.split(), *optional.split()]
    properties = {name: types.get(name, {}) for name in names}
    return {"type": "object", "required": required.split(), "properties": properties, "additionalProperties": False}


def _list(items: Any, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, "uniqueItems": True}


URI = {"type": "string", "format": "uri-reference", "pattern": r"^[A-Za-z0-9%_.~/:@!$&'()*+,;=-]+$"}
MULTIFORMAT = _object("text", "markdown", text=TEXT, markdown=TEXT)
MESSAGE = _object("text", "markdown id arguments", text=TEXT, markdown=TEXT)
ARTIFACT = _object("uri", "uriBaseId index description", uri=URI)
REGION = _object(
    "startLine",
    "startColumn endLine endColumn charOffset charLength snippet message sourceLanguage",
    startLine=FROM_1,
    startColumn=FROM_1,
    endLine=FROM_1,
    endColumn=FROM_1,
)
PHYSICAL = _object("artifactLocation", "region contextRegion address", artifactLocation=ARTIFACT, region=REGION)
LOCATION = _object("", "id physicalLocation message", id=FROM_0, physicalLocation=PHYSICAL, message=MESSAGE)
REPLACEMENT = _object("deletedRegion", "insertedContent", deletedRegion=REGION, insertedContent=_object("", "text"))
CHANGE = _object("artifactLocation replacements", artifactLocation=ARTIFACT, replacements=_list(REPLACEMENT, 1))
FIX = _object("artifactChanges", "description", description=MESSAGE, artifactChanges=_list(CHANGE, 1))
RULE = _object(
    "id",
    "name shortDescription fullDescription help helpUri defaultConfiguration",
    id=TEXT,
    name=TEXT,
    shortDescription=MULTIFORMAT,
    fullDescription=MULTIFORMAT,
    help=MULTIFORMAT,
    helpUri={"type": "string", "format": "uri"},
    defaultConfiguration=_object("", "enabled level rank parameters", level=LEVEL),
)
DRIVER = _object(
    "name",
    "version semanticVersion informationUri rules",
    name=TEXT,
    version=TEXT,
    informationUri={"type": "string", "format": "uri"},
    rules=_list(RULE),
)
RESULT = _object(
    "message",
    "ruleId ruleIndex level locations relatedLocations fixes",
    message=MESSAGE,
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": -1},
    level=LEVEL,
    locations=_list(LOCATION),
    relatedLocations=_list(LOCATION),
    fixes=_list(FIX),
)
RUN = _object(
    "tool",
    "columnKind results",
    tool=_object("driver", driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=_list(RESULT),
)
LOG = _object("version runs", "$schema", version={"const": "2.1.0"}, runs=_list(RUN))
