"""The rule of spacing that the demo shows: a sample, and no published one."""

from geoapp.core.files import replaced_whole
from geoapp.core.paths import shipped
from geoapp.core.settings import Settings

_NAME = "sample_spacing.json"


def place_rule(settings: Settings) -> None:
    """Put the sample rule among the operator's own standards, from where it may be deleted."""
    folder = settings.data / "standards"
    folder.mkdir(parents=True, exist_ok=True)
    rule = (shipped("data") / "sample" / "spacing_rule.json").read_bytes()
    with replaced_whole(folder / _NAME, private=False) as fresh:
        fresh.write_bytes(rule)
