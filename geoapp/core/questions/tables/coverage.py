"""The fields of a coverage run's question."""

from geoapp.core.questions.tables.shared import (
    AT,
    DEMAND,
    FAMILIES,
    REGION,
    STANDARD_M,
    STANDARD_SECONDS,
)

FIELDS = (STANDARD_M, STANDARD_SECONDS, REGION, DEMAND, FAMILIES, AT)
