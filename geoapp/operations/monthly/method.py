"""The report's last question: on what does it rest, and how is it made again?"""

from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.promises import DocumentRecord
from geoapp.operations.monthly.coverage import Answer
from geoapp.operations.monthly.scope import Scope
from geoapp.reports.parts import Cell, Column, Form, Section, Table
from geoapp.reports.words import monthly as words
from geoapp.reports.words.official import published_text
from geoapp.reports.words.question import asked_lines, versions_text
from geoapp.store.facilities.read import data_versions


def method_section(scope: Scope, answer: Answer | None, documents: list[DocumentRecord]) -> Section:
    """Return what the report rests on: publication, run, versions of the data, documents."""
    lines: list[tuple[Text, Text]] = []
    if answer is not None:
        publication, run = answer.official.publication, answer.run
        told = published_text(publication, scope.naming.regions, scope.naming.zone)
        lines += [
            (
                Text("公布", "publication"),
                Text(f"{publication.id}：{told.zh}", f"{publication.id}: {told.en}"),
            ),
            (Text("覆盖分析", "coverage run"), Text(str(run.id), str(run.id))),
            *asked_lines(
                CoverageParameters.from_stored(run.params), scope.naming, run.inputs.demand
            ),
            (
                Text("分析读到的数据版本", "versions that the run read"),
                versions_text(run.inputs.versions),
            ),
        ]
        if run.inputs.network is not None:
            lines.append(
                (Text("步行路网", "walking network"), Text(run.inputs.network, run.inputs.network))
            )
    with scope.database.session() as session:
        # What planners compute meanwhile changes nothing that is told here.
        now = {name: one for name, one in data_versions(session).items() if name != "runs"}
    lines.append(
        (Text("本报告读到的数据版本", "versions that this report read"), versions_text(now))
    )
    lines.append((Text("重新生成", "made again by"), _command(scope)))
    sources: list[list[Cell]] = [
        [
            one.code,
            Text(one.title_zh, one.title_en),
            None if one.issuer_zh is None else Text(one.issuer_zh, one.issuer_en or one.issuer_zh),
            one.published_on,
            one.url,
        ]
        for one in documents
    ]
    tables = [
        Table(
            words.SHEET_RUN,
            words.TITLE_RUN,
            [Column(words.ITEM), Column(words.VALUE, wide=3.0)],
            [[label, value] for label, value in lines],
        )
    ]
    if sources:
        tables.append(
            Table(
                words.SHEET_SOURCES,
                words.TITLE_SOURCES,
                [
                    Column(words.CODE, wide=1.2),
                    Column(words.DOCUMENT, wide=2.6),
                    Column(words.ISSUER, wide=1.4),
                    Column(words.PUBLISHED_ON, Form.DAY, wide=0.8),
                    Column(words.ADDRESS, wide=2.0),
                ],
                sources,
                paper=4,
            )
        )
    return Section(words.METHOD, tables=tables)


def _command(scope: Scope) -> Text:
    region = "" if scope.region is None else f" --region {scope.region}"
    period = scope.period
    asked = f"--month {period.day:%Y-%m}" if period.is_whole else f"--date {period.day}"
    said = f"geoapp report{region} {asked} -o FILE"
    return Text(said, said)
