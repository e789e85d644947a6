"""Make the report of a month and write it to a file of the format that its name asks for."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import Language, Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.operations.coverage.results import rests_on_sample
from geoapp.operations.monthly.coverage import Answer, coverage_section, read_answer
from geoapp.operations.monthly.facilities import Register, facility_section, read_register
from geoapp.operations.monthly.method import method_section
from geoapp.operations.monthly.promises import promise_documents, promise_section, read_promises
from geoapp.operations.monthly.scope import Scope
from geoapp.operations.monthly.use import read_quarters, use_section
from geoapp.operations.programmes.read import ProgrammeStanding
from geoapp.reports.monthly.page import write_page
from geoapp.reports.monthly.paper import write_paper
from geoapp.reports.monthly.slides import write_slides
from geoapp.reports.parts import Report
from geoapp.reports.words import monthly as words
from geoapp.reports.words.coverage import statement_text
from geoapp.reports.words.official import published_text
from geoapp.reports.words.question import question_title
from geoapp.reports.workbook import write_workbook

_WRITERS: Final[dict[str, Callable[[Report, Path, Language | None], None]]] = {
    ".html": write_page,
    ".pdf": write_paper,
    ".pptx": write_slides,
    ".xlsx": write_workbook,
}
FORMATS: Final = tuple(_WRITERS)
MEDIA_TYPES: Final = {
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


def check_report_output(path: Path) -> None:
    """Refuse a file name whose format is not known, before any work is done.

    Raises
    ------
    InvalidValueError
        If no format belongs to the suffix.
    """
    if path.suffix.lower() not in FORMATS:
        names = " ".join(FORMATS)
        accepted = Text(f"后缀为 {names} 的文件名", f"a file name ending in {names}")
        raise InvalidValueError("-o", path.name, accepted)


@dataclass(frozen=True, slots=True)
class Read:
    """What a report is made from: the published answer, the facilities, the promises."""

    answer: Answer | None
    register: Register
    board: list[ProgrammeStanding]


def read_for_report(scope: Scope) -> Read:
    """Read what a report is made from."""
    return Read(read_answer(scope), read_register(scope), read_promises(scope))


def make_report(scope: Scope, read: Read | None = None) -> Report:
    """Gather a report; of the same data it is the same, whenever it is made.

    Parameters
    ----------
    read
        What was read for it; None reads it now.
    """
    read = read_for_report(scope) if read is None else read
    answer, register, board = read.answer, read.register, read.board
    sample = register.samples > 0 or (
        answer is not None and rests_on_sample(scope.database, answer.run)
    )
    area, month = scope.area, scope.period.text
    return Report(
        title=Text(
            f"{area.zh}{words.REPORT.zh}，{month.zh}", f"{words.REPORT.en}: {area.en}, {month.en}"
        ),
        day=scope.period.day,
        sample=sample,
        facts=_facts(scope, answer, sample=sample),
        sections=[
            coverage_section(scope, answer, register),
            facility_section(scope, register),
            promise_section(scope, board),
            use_section(scope, read_quarters(scope)),
            method_section(scope, answer, promise_documents(board)),
        ],
    )


def _facts(scope: Scope, answer: Answer | None, *, sample: bool) -> list[tuple[Text, Text]]:
    """Return what the title page says."""
    day = scope.period.day.isoformat()
    facts = [
        (words.AREA, scope.area),
        (words.MONTH, scope.period.text),
        (words.UP_TO, Text(day, day)),
    ]
    if sample:
        facts.insert(0, (words.SAMPLE_LABEL, words.SAMPLE_SAID))
    if answer is None:
        facts.append((words.PUBLISHED, words.nothing_published(scope.period.day)))
        return facts
    run, names = answer.run, scope.naming
    facts += [
        (
            words.PUBLISHED,
            published_text(answer.official.publication, names.regions, names.zone),
        ),
        (words.ASKED, question_title(CoverageParameters.from_stored(run.params), names)),
        (words.RESTS_ON, statement_text(run, names.regions, names.demand, names.zone)),
    ]
    return facts


def save_report(scope: Scope, path: Path, language: Language | None = None) -> None:
    """Write the report to a file; it appears whole or not at all.

    Parameters
    ----------
    language
        None is both, Chinese first.

    Raises
    ------
    InvalidValueError
        If no format belongs to the file's suffix.
    MissingPartError
        If it is .pptx, and the library for it is not installed.
    """
    check_report_output(path)
    write_report(make_report(scope), path, language)


def write_report(report: Report, path: Path, language: Language | None) -> None:
    """Write a report that is gathered to a file of a known format."""
    with replaced_whole(path) as fresh:
        _WRITERS[path.suffix.lower()](report, fresh, language)


def report_file(scope: Scope, suffix: str, language: Language | None) -> tuple[str, bytes]:
    """Return a report as a file's name and content.

    Raises
    ------
    InvalidValueError
        If no format belongs to the suffix.
    MissingPartError
        If it is .pptx, and the library for it is not installed.
    """
    area = "all" if scope.region is None else scope.region
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"report-{area}-{scope.period.day:%Y-%m}{suffix}"
        save_report(scope, path, language)
        return path.name, path.read_bytes()
