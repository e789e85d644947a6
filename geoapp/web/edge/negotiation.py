"""What an answer is in where one address has several forms: as ``f=`` says, else as the asker reads."""

from typing import Final

from flask import request

# In order: whoever reads anything gets what programs read.
_FORMS: Final = ("application/json", "application/geo+json", "text/html")


def wants_html() -> bool:
    """Tell whether the present request wants a page: a browser's does, a program's does not."""
    asked = request.args.get("f")
    if asked is not None:
        return asked == "html"
    return request.accept_mimetypes.best_match(_FORMS) == "text/html"
