"""What the steward's pages share."""

from flask import Response, make_response


def reply(page: str, status: int = 200) -> Response:
    """Answer a page that no cache may keep."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
