"""The layer kit, the registry and Folium maps."""
