"""``/ogc/``: OGC API Features, for GIS programs such as QGIS and GDAL."""
