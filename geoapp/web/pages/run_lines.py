"""A run as one line of a list, on whatever page it is listed."""

from dataclasses import dataclass

from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ActionParameters
from geoapp.core.results.actions import ActionRun
from geoapp.core.units import format_change
from geoapp.core.words import RUN_STATUS_TEXT
from geoapp.reports.words.question import question_title
from geoapp.web.pages.chrome import moment_text
from geoapp.web.pages.naming import naming


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One line of the list of runs; those that are done can be compared."""

    id: int
    title: Text
    when: Text
    told: Text
    done: bool = False


def line_of_actions(run: ActionRun) -> QuestionLine:
    """Return what a run of actions asked, when, and what came of it."""
    told = RUN_STATUS_TEXT[run.status]
    if run.result is not None:
        shares = format_change(run.result.before_share, run.result.after_share)
        told = Text(shares, shares)
    title = question_title(ActionParameters.from_stored(run.params), naming())
    return QuestionLine(run.id, title, moment_text(run.created_at), told)
