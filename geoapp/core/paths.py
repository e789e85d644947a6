"""Where the shipped folders lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(folder: str) -> Path:
    """Return the folder ``layers``, ``templates``, ``static`` or ``data``.

    Raises
    ------
    FileNotFoundError
        If the installation does not carry it.
    """
    for base in (_PACKAGE, _PACKAGE.parent):
        if (base / folder).is_dir():
            return base / folder
    raise FileNotFoundError(f"geoapp is installed without its folder {folder!r}")
