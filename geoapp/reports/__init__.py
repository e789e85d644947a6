"""Results and tables into files: GeoJSON, CSV, XLSX, GeoPackage."""
