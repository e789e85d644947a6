"""What several questions for facilities ask alike: the types of their parameters, with what each means."""

from typing import Annotated

from pydantic import Field

from geoapp.core.entering import Who
from geoapp.core.travel import By
from geoapp.core.words import Datum
from geoapp.operations.nearest.service import MAX_K

Count = Annotated[int, Field(ge=1, le=MAX_K, description="最多几个 / how many at most")]
Kinds = Annotated[list[str], Field(description="类型代码，任一 / kind codes, any of them")]
Families = Annotated[list[str], Field(description="station, base, home")]
Amenities = Annotated[list[str], Field(description="设施代码，全部 / amenity codes, all of them")]
MayEnter = Annotated[
    Who | None,
    Field(
        description="谁要进：确知进不去的不列 / who wants to enter: no place known to keep them out"
    ),
]
Without = Annotated[
    list[str],
    Field(description="没有 app、card，不能 qr、face / what they are without: app, card, qr, face"),
]
Surely = Annotated[
    bool,
    Field(
        description="只要确知能进的；没有 may_enter，即谁都能进的 / "
        "only those that they are known to be let into; alone: that let anyone in"
    ),
]
Going = Annotated[By, Field(description="步行或电动车 / on foot or by e-bike")]
InDatum = Annotated[Datum, Field(description="问与答的坐标系 / datum of question and answer")]
