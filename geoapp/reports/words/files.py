"""What a file says of itself, where its format cannot hold all that was known."""

from collections.abc import Mapping, Sequence

from geoapp.core.i18n import Text


def shapefile_losses(
    renamed: Sequence[tuple[str, str]],
    cut: Mapping[str, int],
    files: Sequence[str],
    credit: str | None,
) -> str:
    """Return the text beside Shapefiles: what the format lost, and whose data they hold.

    Parameters
    ----------
    renamed
        Names of columns, and what stands for them.
    cut
        How many texts of a column were too long.
    files
        The names of the Shapefiles.
    credit
        What is to be said of whose data they hold.
    """
    none = Text("无", "none")
    told = [
        Text(
            "Shapefile 格式装不下全部内容，下面是损失的部分；GeoPackage（f=gpkg）什么也不损失。",
            "A Shapefile cannot hold everything; this is what was lost. A GeoPackage (f=gpkg) loses nothing.",
        ),
        Text(
            f"文件：{'、'.join(files) or none.zh}。一个 Shapefile 只装一种形状。",
            f"Files: {', '.join(files) or none.en}. A Shapefile holds shapes of one sort.",
        ),
        Text(
            "文字是 UTF-8 编码。空文字和未知分不开。列表用“; ”隔开。",
            'Texts are UTF-8. An empty text and an unknown one cannot be told apart. Lists are joined by "; ".',
        ),
        Text(
            "列名至多 10 个字节："
            + ("；".join(f"{new} = {old}" for old, new in renamed) or "都没有缩短"),
            "Names of columns have at most 10 bytes: "
            + ("; ".join(f"{new} = {old}" for old, new in renamed) or "none was shortened"),
        ),
        Text(
            "文字至多 254 个字节，截短的格数："
            + ("；".join(f"{name} {count}" for name, count in cut.items()) or "无"),
            "Texts have at most 254 bytes; cells that were cut: "
            + ("; ".join(f"{name} {count}" for name, count in cut.items()) or "none"),
        ),
    ]
    if credit is not None:
        told.insert(0, Text(f"数据来源与许可：{credit}", f"Source and licence: {credit}"))
    return "".join(f"{one.zh}\n{one.en}\n\n" for one in told)
