"""CQL2 text read into the form that CQL2 JSON has (OGC 21-065r2).

The grammar is that of the standard without arithmetic, for nothing here is computed with. It is
read in one pass whose time grows with the length of the text, whatever stands in it. ILIKE, which
only GDAL writes, is read as well; who asks for the standard's language is refused it later.
"""

from typing import Any, Final, Self

import shapely
from lark import Lark, Token, Transformer
from lark.exceptions import LarkError, UnexpectedInput, UnexpectedToken, VisitError

_GRAMMAR: Final = r"""
    ?start: either
    ?either: all (_OR all)* -> either
    ?all: contrary (_AND contrary)* -> all
    ?contrary: _NOT contrary -> contrary
        | predicate
    ?predicate: operand
        | operand COMPARISON operand -> compare
        | operand _IS _NULL -> unknown
        | operand _IS _NOT _NULL -> known
        | operand _LIKE operand -> like
        | operand _NOT _LIKE operand -> not_like
        | operand _ILIKE operand -> ilike
        | operand _BETWEEN operand _AND operand -> between
        | operand _NOT _BETWEEN operand _AND operand -> not_between
        | operand _IN values -> among
        | operand _NOT _IN values -> not_among
    ?operand: NUMBER -> number
        | STRING -> string
        | TRUE -> true
        | FALSE -> false
        | NAME -> property
        | QUOTED -> quoted
        | NAME "(" [either ("," either)*] ")" -> call
        | SHAPE DIMENSIONS? body -> shape
        | "(" either ")"
        | several
    values: "(" either ("," either)* ")"
    several: "(" ")" | "(" either ("," either)+ ")"
    body: "(" part ("," part)* ")"
    part: NUMBER NUMBER [NUMBER] -> position
        | body

    COMPARISON: "<=" | ">=" | "<>" | "=" | "<" | ">"
    _AND.2: /and(?![\w.:])/i
    _OR.2: /or(?![\w.:])/i
    _NOT.2: /not(?![\w.:])/i
    _IS.2: /is(?![\w.:])/i
    _NULL.2: /null(?![\w.:])/i
    _LIKE.2: /like(?![\w.:])/i
    _ILIKE.2: /ilike(?![\w.:])/i
    _BETWEEN.2: /between(?![\w.:])/i
    _IN.2: /in(?![\w.:])/i
    TRUE.2: /true(?![\w.:])/i
    FALSE.2: /false(?![\w.:])/i
    SHAPE.3: /(multi)?(point|linestring|polygon)(?=\s*(z\s*)?\()/i
    DIMENSIONS.3: /z(?=\s*\()/i
    NAME: /[^\W\d][\w.:]*/
    QUOTED: /"([^"]|"")+"/
    STRING: /'(''|\\[\s\S]|[^'\\])*'/
    NUMBER: /[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?(?![\w.])/
    %ignore /[ \t\r\n]+/
"""


class CqlTextError(ValueError):
    """The text is no CQL2.

    Parameters
    ----------
    at
        The number of the character where it cannot be read on, from 1; None is the end.
    """

    def __init__(self, at: int | None) -> None:
        super().__init__("no CQL2")
        self.at = at


class Number(float):
    """A number that knows how it was written.

    Attributes
    ----------
    words
        Its characters.
    """

    __slots__ = ("words",)

    def __new__(cls, words: str) -> Self:
        """Read a number."""
        made = super().__new__(cls, words)
        made.words = words
        return made

    words: str


class _ToJson(Transformer[Token, Any]):
    """Builds CQL2 JSON while the text is read."""

    def either(self, parts: list[Any]) -> Any:
        return parts[0] if len(parts) == 1 else {"op": "or", "args": parts}

    def all(self, parts: list[Any]) -> Any:
        return parts[0] if len(parts) == 1 else {"op": "and", "args": parts}

    def contrary(self, parts: list[Any]) -> Any:
        return {"op": "not", "args": parts}

    def compare(self, parts: list[Any]) -> Any:
        return {"op": str(parts[1]), "args": [parts[0], parts[2]]}

    def unknown(self, parts: list[Any]) -> Any:
        return {"op": "isNull", "args": parts}

    def known(self, parts: list[Any]) -> Any:
        return self.contrary([self.unknown(parts)])

    def like(self, parts: list[Any]) -> Any:
        return {"op": "like", "args": parts}

    def ilike(self, parts: list[Any]) -> Any:
        return {"op": "ilike", "args": parts}

    def not_like(self, parts: list[Any]) -> Any:
        return self.contrary([self.like(parts)])

    def between(self, parts: list[Any]) -> Any:
        return {"op": "between", "args": parts}

    def not_between(self, parts: list[Any]) -> Any:
        return self.contrary([self.between(parts)])

    def among(self, parts: list[Any]) -> Any:
        return {"op": "in", "args": parts}

    def not_among(self, parts: list[Any]) -> Any:
        return self.contrary([self.among(parts)])

    def values(self, parts: list[Any]) -> Any:
        return parts

    def several(self, parts: list[Any]) -> Any:
        return parts

    def number(self, parts: list[Any]) -> Any:
        return Number(str(parts[0]))

    def string(self, parts: list[Any]) -> Any:
        return str(parts[0])[1:-1].replace("''", "'").replace("\\'", "'")

    def true(self, _parts: list[Any]) -> Any:
        return True

    def false(self, _parts: list[Any]) -> Any:
        return False

    def property(self, parts: list[Any]) -> Any:
        return {"property": str(parts[0])}

    def quoted(self, parts: list[Any]) -> Any:
        return {"property": str(parts[0])[1:-1].replace('""', '"')}

    def call(self, parts: list[Any]) -> Any:
        name = str(parts[0]).lower()
        args = [part for part in parts[1:] if part is not None]
        if name in ("date", "timestamp"):
            return {name: args[0] if len(args) == 1 else None}
        return {"bbox": args} if name == "bbox" else {"op": name, "args": args}

    def position(self, parts: list[Any]) -> Any:
        return " ".join(str(part) for part in parts[:2])

    def body(self, parts: list[Any]) -> Any:
        return f"({', '.join(parts)})"

    def part(self, parts: list[Any]) -> Any:
        return parts[0]

    def shape(self, parts: list[Any]) -> Any:
        words = f"{parts[0]} {parts[-1]}"
        try:
            return dict(shapely.geometry.mapping(shapely.from_wkt(words)))
        except shapely.errors.ShapelyError:
            return {"type": str(parts[0]), "coordinates": None}


_READER: Final = Lark(
    _GRAMMAR, parser="lalr", transformer=_ToJson(), maybe_placeholders=True, cache=False
)


def read_text(text: str) -> Any:
    """Return CQL2 text as CQL2 JSON.

    Raises
    ------
    CqlTextError
        Where it cannot be read.
    """
    try:
        return _READER.parse(text)
    except UnexpectedInput as error:
        ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        at = error.pos_in_stream
        raise CqlTextError(None if ended or at is None else at + 1) from None
    except (VisitError, LarkError, OverflowError):
        raise CqlTextError(None) from None
