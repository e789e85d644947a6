"""What going by a place adds to a route of stops, or to a line that is ridden as it is drawn."""
