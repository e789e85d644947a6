"""An edit names the version that it was made against; one that is no longer current is refused."""

from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Text


def refuse_stale(called: str | Text, rev: int, expected_rev: int | None) -> None:
    """Refuse an edit that was made against another version of a record than is stored.

    Parameters
    ----------
    called
        What the record is called.
    expected_rev
        The version that the edit was made against; None accepts any.

    Raises
    ------
    ConflictError
        If somebody else has changed the record since.
    """
    if expected_rev is None or rev == expected_rev:
        return
    name = Text(called, called) if isinstance(called, str) else called
    raise ConflictError(
        Text(
            f"{name.zh} 已被他人修改（现版本 {rev}，您的版本 {expected_rev}）；请重新读取。",
            f"{name.en} was changed by somebody else (version {rev}, yours {expected_rev}); "
            "read it again.",
        )
    )
