"""Values as a person reads them in a pop-up or a legend, in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from geoapp.core.hours.words import words_of
from geoapp.core.i18n import Language, Text
from geoapp.core.units import format_metres
from geoapp.core.voices import doubt_of, doubt_text
from geoapp.core.words import ACCESS_TEXT, ENTRY_TEXT, Access, Entry
from geoapp.maps.kit import Format


@dataclass(frozen=True, slots=True)
class Speaker:
    """Writes values in a language; ``amenities`` are the words of their codes."""

    language: Language
    amenities: Mapping[str, Text]

    def value(self, value: Any, form: Format) -> str | None:
        """Return a value's words; None where it is unknown or empty, which is then not shown."""
        if value is None or value in ("", []):
            return None
        match form:
            case "text":
                return str(value)
            case "number":
                return f"{value:,.0f}" if isinstance(value, int | float) else str(value)
            case "rank":
                return Text(f"第 {value} 名", f"No. {value}").pick(self.language)
            case "people":
                number = "<1" if 0 < value < 1 else f"{value:,.0f}"
                return Text(f"{number} 人", number).pick(self.language)
            case "metres":
                return format_metres(value).pick(self.language)
            case "share":
                return f"{value * 100:.1f}%"
            case "date":
                return value.isoformat() if isinstance(value, date) else str(value)
            case "hours":
                return words_of(str(value), self.language)
            case "amenities":
                texts = [self.amenities.get(code, Text(code, code)) for code in value]
                return (
                    Text("、", ", ")
                    .pick(self.language)
                    .join(text.pick(self.language) for text in texts)
                )
            case "entry":
                return ENTRY_TEXT[Entry(value)].pick(self.language)
            case "access":
                return ACCESS_TEXT[Access(value)].pick(self.language)
            case "doubt":
                kind, voices, since = str(value).split()
                doubt = doubt_of(kind, int(voices), date.fromisoformat(since))
                return None if doubt is None else doubt_text(doubt).pick(self.language)

    def column(self, row: Mapping[str, Any], name: str) -> Any:
        """Return a row's value; where there is only ``name_zh`` and ``name_en``, the language's."""
        if name in row:
            return row[name]
        english = row.get(f"{name}_en")
        return english if self.language == "en" and english else row.get(f"{name}_zh")
