"""The report of a month: the same parts as a workbook, a page, or paper."""
