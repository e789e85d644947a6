"""What a run of actions found."""

from enum import StrEnum
from typing import Final

from geoapp.core.i18n import Text


class Choice(StrEnum):
    """Which kinds of actions a plan may take."""

    LONGER = "longer"
    BUILD = "build"
    ALL = "all"


CHOICE_TEXT: Final = {
    Choice.LONGER: Text("只延长开放时间", "Longer hours only"),
    Choice.BUILD: Text("只新建", "New stations only"),
    Choice.ALL: Text("各种措施一起考虑", "Everything offered"),
}
