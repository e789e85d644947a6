"""The JSON API, version 1."""

from functools import cache

from flask_openapi3 import utils

# Each operation describes every answer it may give, problems included. The same few dozen models
# are behind hundreds of them, and their schemas a quarter of the time that the service starts in.
utils.get_model_schema = cache(utils.get_model_schema)
