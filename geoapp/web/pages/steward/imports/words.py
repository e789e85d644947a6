"""What the import says of the command's options, said of the page's fields."""

import re
from typing import Final

from geoapp.core.i18n import Text

# What an option of the command is called on the pages.
_FIELDS: Final = {
    # The page proposes by itself what the command lists when asked.
    "（--crs guess 列出可能的）": Text("", ""),
    " (--crs guess lists what it may be)": Text("", ""),
    "--sheet": Text("“工作表或图层”", "“Sheet or layer”"),
    "--map": Text("“读作”一栏", "the choice “Read as”"),
    "--kind": Text("“没有写类型的行”", "“Rows that state no kind”"),
    "--crs": Text("“坐标参考系”", "“Coordinate reference system”"),
    "--order": Text("“坐标顺序”", "“Order of pairs”"),
    "--encoding": Text("“编码”", "“Encoding”"),
    "--issue-codes": Text("“给没有编号的行编号”", "“Give codes to rows without”"),
    "--code-key": Text("“凭什么认出同一处”", "“Known again by”"),
    "--anywhere": Text("“允许远离所有区域”", "“Allow places far from every region”"),
    "导入时加 --without-position": Text(
        "在“位置”一步勾选“其余没有位置的也登记”", "“Register the others without a position, too”"
    ),
    "--without-position": Text("“没有位置也登记”", "“Register rows without a position”"),
    "、--place-by-street 500m（有地址时）": Text("", ""),
    ", --place-by-street 500m (with addresses)": Text("", ""),
    "--datum": Text("“坐标系”", "“Datum”"),
}
_OPTION: Final = re.compile("|".join(sorted(map(re.escape, _FIELDS), key=len, reverse=True)))


def on_page(text: Text) -> Text:
    """Return a sentence with the page's words for the command's options."""
    return Text(
        _OPTION.sub(lambda found: _FIELDS[found[0]].zh, text.zh),
        _OPTION.sub(lambda found: _FIELDS[found[0]].en, text.en),
    )
