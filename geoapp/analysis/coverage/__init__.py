"""Who is covered, by what, and how well: on any walk or by line."""
