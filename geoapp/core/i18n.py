"""Texts in both languages of the service: Chinese first, English second.

A text is written once, as a pair, where it is used; so neither language can be forgotten.
"""

from typing import Any, Literal, NamedTuple

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
DEFAULT_LANGUAGE: Language = "zh"


class Text(NamedTuple):
    """One text in Chinese and in English."""

    zh: str
    en: str

    def pick(self, language: Language) -> str:
        """Return the text in one language."""
        return self.en if language == "en" else self.zh

    def format(self, **values: Any) -> "Text":
        """Fill the same named values into both languages."""
        return Text(self.zh.format(**values), self.en.format(**values))

    def both(self) -> str:
        """Return both languages on one line, for terminals and logs."""
        return f"{self.zh} / {self.en}"


def said(text: Text, language: Language | None) -> str:
    """Return a text in one language, or in both (None): Chinese first, once where they are the same."""
    if language is not None:
        return text.pick(language)
    return text.zh if text.zh == text.en else text.both()
