"""The earth and the plane: geodesics, projections, outlines, areas, grids."""
