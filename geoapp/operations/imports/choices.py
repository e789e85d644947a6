"""What a person chose of a draft: everything that the file alone does not say."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict

from geoapp.core.words import Datum
from geoapp.importers.rows.blanks import Blank
from geoapp.importers.rows.columns import folded
from geoapp.importers.rows.degrees import Order

SKIP: Final = "skip"
AS_LISTED: Final = "as_listed"
UPDATE: Final = "update:"
# What is proposed again when the same headings come again.
_HABIT: Final = ("fields", "kind", "code_key", "datum", "datum_place", "crs", "order", "blank")


class OnStreet(BaseModel):
    """A place on a street (WGS-84) that was accepted for a row, as long as this is its address."""

    model_config = ConfigDict(frozen=True)

    address: str
    lon: float
    lat: float
    accuracy_m: float


class DraftChoices(BaseModel):
    """The choices of a draft.

    ``fields`` are the fields of columns by their place, None = as the program proposes. ``settled``
    and ``located`` say whether a person accepted the columns and the positions. ``datum_place`` is the
    place of a column that says each row's datum; ``datum`` is then that of the rest. Lines are those of
    the file: ``placed`` (lon, lat on WGS-84), ``by_street`` (what was proposed for an address and
    accepted), ``exchanged`` (longitude for latitude), ``left_out``, ``cells`` by line and place of the
    column, ``decisions`` of rows that may be there twice (`SKIP`, `AS_LISTED`, or `UPDATE` and a code).
    ``blank`` says what a blank cell does to a known value, None = it stays where a row was matched without
    a code or by hand. ``sender`` is whose list it is. ``remembered`` is who accepted
    these choices the last time, ``of_sender`` whether that was for a list of the same sender.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    sheet: str | None = None
    header: int | None = None
    encoding: str | None = None
    fields: dict[int, str | None] | None = None
    kind: str | None = None
    code_key: tuple[str, ...] | None = None
    settled: bool = False
    datum: Datum | None = None
    datum_place: int | None = None
    crs: str | None = None
    order: Order | None = None
    located: bool = False
    anywhere: bool = False
    without_position: bool = False
    blank: Blank | None = None
    placed: dict[int, tuple[float, float]] = {}
    by_street: dict[int, OnStreet] = {}
    exchanged: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    cells: dict[int, dict[int, str]] = {}
    decisions: dict[int, str] = {}
    sender: str | None = None
    remembered: str | None = None
    of_sender: bool = False

    @property
    def skipped(self) -> frozenset[int]:
        """The lines that are not imported."""
        skipped = {line for line, said in self.decisions.items() if said == SKIP}
        return frozenset(skipped | set(self.left_out))

    @property
    def codes(self) -> dict[int, str]:
        """The codes of the facilities that rows are to change, by line."""
        return {
            line: said.removeprefix(UPDATE)
            for line, said in self.decisions.items()
            if said.startswith(UPDATE)
        }

    def changed(self, **values: Any) -> Self:
        """Return the choices with some made anew."""
        return self.model_copy(update=values)

    def stored(self) -> dict[str, Any]:
        """Return them as the store keeps them."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def habit(self) -> dict[str, Any]:
        """Return what of them is proposed again for a list with the same headings."""
        return self.model_dump(mode="json", include=set(_HABIT))


class SenderHabit(BaseModel):
    """What was accepted for lists of a sender, by the folded names of their columns.

    ``fields`` are those of columns, None = kept aside; ``datum_name`` is the column that says each
    row's datum; ``habit`` is what does not hang on columns.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    sender: str
    fields: dict[str, str | None] = {}
    datum_name: str | None = None
    habit: dict[str, Any] = {}

    @classmethod
    def of(
        cls, before: Self | None, sender: str, columns: Sequence[str], choices: DraftChoices
    ) -> "SenderHabit":
        """Return what is kept now: of columns that this list lacks, what was kept before."""
        names = [folded(name) for name in columns]
        fields = {
            names[place]: field
            for place, field in (choices.fields or {}).items()
            if place < len(names) and names[place]
        }
        place = choices.datum_place
        habit = choices.habit()
        for name in ("fields", "datum_place"):
            habit.pop(name)
        return cls(
            sender=sender,
            fields=({} if before is None else before.fields) | fields,
            datum_name=None if place is None or place >= len(names) else names[place],
            habit=habit,
        )

    def applied(self, columns: Sequence[str], choices: DraftChoices, by: str) -> DraftChoices:
        """Return choices of a list with what is known of its columns by their names."""
        names = [folded(name) for name in columns]
        fields: dict[int, str | None] = {}
        for place, name in enumerate(names):
            field = self.fields.get(name)
            if name in self.fields and (field is None or field not in fields.values()):
                fields[place] = field
        before = DraftChoices.model_validate(self.habit)
        return choices.changed(
            fields=fields or None,
            kind=before.kind,
            code_key=before.code_key,
            datum=before.datum,
            datum_place=names.index(self.datum_name) if self.datum_name in names else None,
            crs=choices.crs or before.crs,
            order=before.order,
            blank=before.blank,
            remembered=by,
            of_sender=True,
        )


def sender_key(sender: str) -> bytes:
    """Return by which a sender's lists are known again; no list has such headings."""
    return sha256(f"\x1fsender\x1f{folded(sender)}".encode()).digest()


def headings_key(columns: Sequence[str]) -> bytes:
    """Return by which a list's headings are known again."""
    return sha256("\x1f".join(folded(name) for name in columns).encode()).digest()
