"""A siting plan by components of the cover, each solved by a workforce.

Demand, candidates and who covers whom are read and measured by the process that does the run; the
searches go to the workers, and the number of sites is shared out here.
"""

from collections.abc import Callable, Iterable, Iterator

from geoapp.analysis.siting import Limits, SitingResult
from geoapp.analysis.siting.parts.components import Answer, Sought, solve_component
from geoapp.analysis.siting.parts.sharing import most_covered_in_parts
from geoapp.analysis.siting.problem import CoverProblem
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.operations.workforce import Workforce


def check_in_parts(wanted: SitingParameters) -> None:
    """Refuse questions that do not come apart into components.

    Raises
    ------
    InvalidValueError
        If it is not maximal covering among candidates by a number of sites alone.
    """
    if wanted.model is not SitingModel.MCLP or wanted.anywhere or wanted.ruled or wanted.seated:
        accepted = Text(
            "“给定数目、在候选点中尽量多覆盖”的问题，没有配额、预算、分期、间距、座位和备用：别的模型和规则把各地的"
            "选址连在一起，不能分开求解",
            "a question of maximal covering among candidates by a number of sites, without quotas, "
            "budget, phases, spacing, seats or backup: other models and rules tie the sites of one place "
            "to those of another, and cannot be solved in parts",
        )
        raise InvalidValueError("--scheduler", None, accepted)


def most_covered_on(workforce: Workforce, problem: CoverProblem, limits: Limits) -> SitingResult:
    """Solve maximal covering on a workforce; see `most_covered_in_parts`.

    Raises
    ------
    GeoappError
        If the workforce cannot do it.
    """

    def each(some: Iterable[Sought], look: Callable[[], None]) -> Iterator[Answer]:
        return (found for _, found in workforce.in_order(solve_component, some, look=look))

    return most_covered_in_parts(problem, limits, each)
