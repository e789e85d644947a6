"""What a run is worth, and whether the asker may publish for its area."""

from dataclasses import dataclass

from geoapp.core.i18n import Text
from geoapp.core.results.coverage import CoverageRun
from geoapp.core.roles import Permission
from geoapp.operations.coverage import official as answers
from geoapp.reports.words.official import published_text
from geoapp.web.edge.access import may, signed_in
from geoapp.web.edge.services import services
from geoapp.web.pages.naming import naming


def own_regions() -> frozenset[str] | None:
    """Return the regions that the asker may publish for: none without the right, None everywhere."""
    if not may(Permission.PUBLISH):
        return frozenset()
    return answers.own_regions(services().database, signed_in().regions)


def is_own(region: str | None, own: frozenset[str] | None) -> bool:
    """Tell whether a region is among those of `own_regions`."""
    return own is None or region in own


@dataclass(frozen=True, slots=True)
class Standing:
    """What a page's run is worth: the published answer, one that was, or somebody's question.

    ``mine`` tells whether the asker may publish for its area, and so compute it anew.
    """

    in_force: bool
    text: Text
    mine: bool


def standing_of(run: CoverageRun) -> Standing:
    """Return what a run is worth: the published answer, one that was, or somebody's question."""
    database = services().database
    mine = is_own(answers.run_region(run), own_regions())
    publication = answers.publication_of(database, run.id)
    if publication is None:
        text = Text(
            "这是一次没有公布的分析，不是公布的结果。",
            "This analysis is not published; it is not the official answer.",
        )
        return Standing(in_force=False, text=text, mine=mine)
    text = published_text(publication, naming().regions, services().settings.timezone)
    if publication in answers.in_force(database).values():
        return Standing(in_force=True, text=Text(f"{text.zh}。", f"{text.en}."), mine=mine)
    if publication.withdrawn_at is not None:
        text = Text(f"{text.zh}；已经撤回。", f"{text.en}; it was withdrawn.")
    else:
        text = Text(
            f"{text.zh}；之后公布了新的结果。", f"{text.en}; a newer one has taken its place."
        )
    return Standing(in_force=False, text=text, mine=mine)
