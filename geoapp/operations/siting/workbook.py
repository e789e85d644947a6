"""A siting run as the report that its workbook is written from: one question, one sheet."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.siting import SitingRun
from geoapp.core.units import format_moment
from geoapp.core.words import SAMPLE_TEXT
from geoapp.operations.facilities.vocabularies import read_kinds
from geoapp.reports.parts import Report, Section
from geoapp.reports.siting import sheets
from geoapp.reports.siting.tables import SitingTables
from geoapp.reports.words import coverage_book, monthly, papers
from geoapp.reports.words import plan_book as words
from geoapp.reports.words.freedom import FREEDOM_TITLE, accuracy_text
from geoapp.reports.words.naming import Naming
from geoapp.reports.words.question import area_text, asked_lines, versions_text
from geoapp.reports.words.siting import summary_texts
from geoapp.store.engine import Database


def plan_book(database: Database, run: SitingRun, tables: SitingTables, naming: Naming) -> Report:
    """Gather a finished run's plan for people; of the same run and register it is the same."""
    question = SitingParameters.from_stored(run.params)

    def name(code: str | None) -> Text:
        if code is None:
            return Text("区域未知", "region unknown")
        return naming.regions.get(code, Text(code, code))

    area = area_text(question.region, naming.regions)
    told = [one for one in summary_texts(run, naming.demand) if one[0] != SAMPLE_TEXT]
    sections = [
        Section(words.ANSWER, figures=told, lines=tables.explanation),
        Section(
            words.SITES,
            tables=[
                sheets.sites_table(run, tables.sites, name),
                sheets.others_table(tables.others, name),
            ],
        ),
        Section(
            coverage_book.BY_REGION, tables=list(sheets.level_tables(run, tables.regions, name))
        ),
        Section(coverage_book.ZONES, tables=[sheets.zones_table(tables.gaps, name)]),
    ]
    if tables.freedom is not None:
        kinds = {
            one["code"]: Text(one["name_zh"], one["name_en"] or one["name_zh"])
            for one in read_kinds(database)
        }
        freedom = sheets.freedom_table(tables.freedom, tables.sites, accuracy_text(tables.freedom))
        hosts = sheets.hosts_table(tables.hosts, tables.sites, kinds)
        sections.append(Section(FREEDOM_TITLE, tables=[freedom, hosts]))
    ended = run.finished_at or run.created_at
    facts = [
        *asked_lines(question, naming, run.inputs.demand),
        (coverage_book.RUN, Text(str(run.id), str(run.id))),
        (coverage_book.COMPUTED, format_moment(ended, naming.zone)),
        (papers.VERSIONS, versions_text(run.inputs.versions)),
    ]
    return Report(
        title=Text(f"{words.SITING.zh}：{area.zh}", f"{words.SITING.en}: {area.en}"),
        day=ended.astimezone(ZoneInfo(naming.zone)).date(),
        sample=run.inputs.sample,
        facts=_marked(facts, sample=run.inputs.sample),
        sections=sections,
    )


def _marked(facts: Sequence[tuple[Text, Text]], *, sample: bool) -> list[tuple[Text, Text]]:
    return [(monthly.SAMPLE_LABEL, coverage_book.SAMPLE_SAID), *facts] if sample else [*facts]
