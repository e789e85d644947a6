"""What of a map is sample data: said of all of it only where all of it is."""

from collections.abc import Sequence

from geoapp.core.i18n import Text
from geoapp.maps.page import PaintedLayer
from geoapp.operations.layers.attributes import are_samples
from geoapp.operations.layers.rows import LayerReading

_SAMPLE = Text("示例数据", "Sample data")
_DEMAND = Text("需求", "Demand")


def sample_notes(reading: LayerReading, layers: Sequence[PaintedLayer]) -> list[Text]:
    """Return what stands in a map's heading: nothing, that all are samples, or which part is.

    What shows a run and has no samples of its own rests on the run's demand.
    """
    has_run = reading.moment.run is not None
    parts: list[tuple[Text, int, int]] = []
    for one in layers:
        total = _drawn(one) + one.left_out
        if one.layer.popup.sample is not None and total:
            parts.append((one.layer.title, _samples(reading, one), total))
    if any(
        one.layer.popup.sample is None and one.layer.uses_run and one.rows
        for one in layers
        if has_run or "demand" in one.layer.versions
    ):
        parts.append((_DEMAND, int(reading.demand_is_sample()), 1))
    if not any(samples for _, samples, _ in parts):
        return []
    if all(samples == total for _, samples, total in parts):
        return [_SAMPLE]
    return [_note(*part) for part in parts if part[1]]


def _note(title: Text, samples: int, total: int) -> Text:
    if samples == total:
        return Text(f"{title.zh}：{_SAMPLE.zh}", f"{title.en}: sample data")
    return Text(
        f"{title.zh}：{total:,} 个中 {samples:,} 个是示例",
        f"{title.en}: {samples:,} of {total:,} are samples",
    )


def _drawn(painted: PaintedLayer) -> int:
    return len(painted.rows) if painted.tiled is None else painted.tiled.matched


def _samples(reading: LayerReading, painted: PaintedLayer) -> int:
    column = painted.layer.popup.sample
    if column is None:
        return 0
    if painted.tiled is None and not painted.left_out:
        return sum(bool(row.get(column)) for row in painted.rows)
    samples = are_samples(painted.layer)
    return 0 if samples is None else reading.rows(painted.layer, where=samples, limit=0).matched
