"""The samples, loaded into the store."""

from typing import Final

# Here, because the command needs it before anything that loads a city.
HELSINKI_TIMEZONE: Final = "Europe/Helsinki"
