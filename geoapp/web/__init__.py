"""Pages, the JSON API, sign-in, parameters and errors."""
