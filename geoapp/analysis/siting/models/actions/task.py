"""Actions and existing facilities as columns, and the rules between them."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from geoapp.analysis.siting.checks import checked_cover, checked_numbers
from geoapp.analysis.siting.rules import Rules, SideRows
from geoapp.analysis.siting.spacing import checked_conflicts, spacing_rows
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ACTION_TEXT, ActionKind


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done, and what it costs.

    Attributes
    ----------
    kind
        What is done.
    facility
        The existing facility (its code) or the new place to which it is done; of all actions on one
        at most one is taken.
    cost
        In any unit of money; below 0 it saves.
    detail
        Said after the name: the new hours, the new address.
    """

    kind: ActionKind
    facility: Hashable
    cost: float
    detail: Text | None = None

    @property
    def text(self) -> Text:
        """The action in words, with its cost."""
        what, detail = ACTION_TEXT[self.kind], self.detail or Text("", "")
        zh = f"{what.zh} {self.facility}{'，' if detail.zh else ''}{detail.zh}"
        en = f"{what.en} {self.facility}{', ' if detail.en else ''}{detail.en}"
        if self.cost < 0:
            return Text(f"{zh}：节省 {-self.cost:g}", f"{en}: saves {-self.cost:g}")
        return Text(f"{zh}：费用 {self.cost:g}", f"{en}: costs {self.cost:g}")


@dataclass(frozen=True, slots=True)
class Task:
    """Columns are the actions, then the existing facilities left as they are."""

    cover: sp.csr_array
    weights: FloatArray
    actions: tuple[Action, ...]
    stays: dict[Hashable, int]
    rules: Rules

    @property
    def before(self) -> IntArray:
        """The plan in which nothing is done."""
        return np.arange(len(self.actions), self.cover.shape[1])

    def without(self, sites: IntArray, action: int) -> IntArray:
        """Return a plan in which one action is not taken."""
        rest = sites[sites != action]
        stays = self.stays.get(self.actions[action].facility)
        return rest if stays is None else np.append(rest, stays)

    def times(self, sites: IntArray) -> IntArray:
        """Return by row how many of the facilities of a plan cover it."""
        open_ = np.zeros(self.cover.shape[1])
        open_[sites] = 1.0
        return np.asarray(np.rint(self.cover @ open_), dtype=np.int64)


def task_of(
    cover: Any,
    weights: ArrayLike,
    actions: Sequence[Action],
    budget: float,
    current: Any,
    existing: Sequence[Hashable],
    most_actions: int | None,
    conflicts: Any,
) -> Task:
    """Check the inputs and write the rules."""
    relation = checked_cover(cover, none_too=True)
    rows, count = relation.shape
    if len(actions) != count:
        raise InvalidValueError(
            "actions", len(actions), Text(f"{count} 个措施", f"{count} actions, one by column")
        )
    wrong = [one.cost for one in actions if not math.isfinite(one.cost)]
    if wrong or not math.isfinite(budget):
        raise InvalidValueError(
            "cost" if wrong else "budget", (*wrong, budget)[0], Text("有限的数", "a finite number")
        )
    if most_actions is not None and most_actions < 0:
        raise InvalidValueError(
            "most_actions", most_actions, Text("不小于 0", "a number from 0 up")
        )
    stays = {code: count + number for number, code in enumerate(existing)}
    if len(stays) < len(existing):
        raise InvalidValueError("existing", len(existing), Text("不重复的代码", "different codes"))
    if len(existing):
        now = checked_cover(current)
        if now.shape != (rows, len(existing)):
            raise InvalidValueError(
                "current",
                now.shape,
                Text(f"形状为（{rows}，{len(existing)}）", f"shape ({rows}, {len(existing)})"),
            )
        relation = sp.csr_array(sp.hstack((relation, now), format="csr"))
        relation.sort_indices()
    elif current is not None and np.shape(current)[1]:
        raise InvalidValueError("existing", "", Text("现有设施的代码", "the existing ones' codes"))
    width = relation.shape[1]
    costs = np.array([*(float(one.cost) for one in actions), *([0.0] * len(existing))])
    pairs = checked_conflicts(conflicts, width)
    pairs = pairs[(pairs < count).any(axis=1)]
    rules = Rules(
        p=width,
        fixed=np.empty(0, np.int64),
        allowed=np.ones(width, bool),
        costs=costs,
        budget=float(budget),
        group=np.full(width, -1),
        least=np.empty(0, np.int64),
        most=np.empty(0, np.int64),
        backup_share=0.0,
        side=_side(actions, stays, width, most_actions, pairs),
    )
    return Task(relation, checked_numbers("weights", weights, rows), tuple(actions), stays, rules)


def _side(
    actions: Sequence[Action],
    stays: dict[Hashable, int],
    width: int,
    most_actions: int | None,
    pairs: IntArray,
) -> SideRows:
    """Return one action by facility, the number of actions and the spacing as rows."""
    members: dict[Hashable, list[int]] = {code: [column] for code, column in stays.items()}
    for number, action in enumerate(actions):
        members.setdefault(action.facility, []).append(number)
    sets = [(columns, float(code in stays)) for code, columns in members.items()]
    lower = [least if least else -np.inf for _, least in sets]
    upper = [1.0] * len(sets)
    row = np.repeat(np.arange(len(sets)), [len(columns) for columns, _ in sets])
    column = np.array([one for columns, _ in sets for one in columns], dtype=np.int64)
    parts: list[Any] = [sp.csr_array((np.ones(len(row)), (row, column)), shape=(len(sets), width))]
    if most_actions is not None:
        parts.append(sp.csr_array((np.arange(width) < len(actions)).astype(np.float64)[None, :]))
        lower.append(-np.inf)
        upper.append(float(most_actions))
    apart = spacing_rows(pairs, width)
    if apart is not None:
        parts.append(apart.rows)
        lower.extend(apart.lower)
        upper.extend(apart.upper)
    return SideRows(sp.csr_array(sp.vstack(parts, format="csr")), np.array(lower), np.array(upper))
