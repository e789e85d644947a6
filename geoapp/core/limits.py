"""How long, how many, how much at most: one constant for each limit, wherever it is checked.

What an import stores, a question can name; what a page offers, the API accepts.
"""

from typing import Final

# Codes and texts, in characters.
MOST_CATEGORY_CHARACTERS: Final = 40  # of a category of services
MOST_CODE_CHARACTERS: Final = 200  # of a facility, a candidate
MOST_REGION_CHARACTERS: Final = 32
MOST_SET_CHARACTERS: Final = 100  # of a demand set or a candidate set
MOST_NAME_CHARACTERS: Final = 200  # of a drawn candidate
MOST_HOST_CHARACTERS: Final = 100  # of a type of host
MOST_GROUP_CHARACTERS: Final = 200  # of a group of workers
MOST_HOURS_CHARACTERS: Final = 500
MOST_MOMENT_CHARACTERS: Final = 64
MOST_PLACE_CHARACTERS: Final = 100  # of a position as text
MOST_BOX_CHARACTERS: Final = 200
MOST_SOURCE_CHARACTERS: Final = 2_000  # of where something is known from
MOST_REASON_CHARACTERS: Final = 500  # of why something is changed
MOST_SEARCH_CHARACTERS: Final = 100  # of words that a list is searched for
MOST_TIME_CHARACTERS: Final = 40
MOST_CURSOR_CHARACTERS: Final = 400  # it holds a code, escaped
MOST_SHEET_ANSWERS: Final = 500  # of a filled call sheet, taken over at once

# Photos of facilities.
MOST_PHOTOS: Final = 20  # of one facility
MOST_PHOTO_BYTES: Final = 20_000_000  # as it is sent
MOST_PHOTO_PIXELS: Final = 64_000_000  # as it is sent
MOST_PHOTO_SIDE_PX: Final = 1_600  # as it is stored
MOST_STORED_PHOTO_BYTES: Final = 500_000  # unless the lowest quality takes more
MOST_CAPTION_CHARACTERS: Final = 200

# API keys.
MOST_KEYS: Final = 20  # of one account
MOST_KEY_NAME_CHARACTERS: Final = 60

# Links that share with somebody without an account.
MOST_SHARES: Final = 100  # of one account, in force
MOST_SHARE_NOTE_CHARACTERS: Final = 100
SHARE_DAYS: Final = 30
MOST_SHARE_DAYS: Final = 365

# The service standard.
LEAST_STANDARD_M: Final = 1.0
MOST_STANDARD_M: Final = 100_000.0
LEAST_STANDARD_SECONDS: Final = 1.0
MOST_STANDARD_SECONDS: Final = 14_400.0

# Candidates and sites.
LEAST_SPACING_M: Final = 20.0  # of generated candidates
MOST_SPACING_M: Final = 20_000.0
LEAST_APART_M: Final = 1.0  # of stations
MOST_APART_M: Final = 100_000.0
MOST_NEAR_STREETS_M: Final = 2_000.0
MOST_STREETS: Final = 200_000  # pieces of street whose surroundings are worked out for a question
MOST_MERGED_M: Final = 500.0  # between two facilities that are made one without asking again
MOST_SITES: Final = 5_000
MOST_CANDIDATES: Final = 20_000
MOST_TURN_ROWS: Final = (
    2_000_000  # demand points times moments that differ, where seats are limited
)
MOST_GENERATED: Final = 12_000  # where nobody asks for a spacing
MOST_DRAWN: Final = 1_000
MOST_AREAS: Final = 200
MOST_QUOTAS: Final = 1_000
MOST_ALTERNATIVES: Final = 20
MOST_SEATS: Final = 1e9
MOST_MOMENTS: Final = 24
MOST_HOUR_WEIGHT: Final = 1_000
MOST_HOUR_WEIGHTS: Final = 24
MOST_HOUR_WEIGHTS_CHARACTERS: Final = 600
MOST_DEMANDS: Final = 9  # beside the question's own: each is solved alone, too
MOST_PHASES: Final = 6
MOST_PHASES_CHARACTERS: Final = 100
MOST_SIZES: Final = 6
MOST_SIZES_CHARACTERS: Final = 300

# Money and workers.
MOST_MONEY: Final = 1e15
MOST_WEIGHT: Final = 1e9

# The search.
LEAST_SOLVING_SECONDS: Final = 0.1
MOST_SOLVING_SECONDS: Final = 3_600.0

# Applications of bases, complexes, enterprises and partners.
MOST_ANSWER_CHARACTERS: Final = 8_000  # of one answer of a form
MOST_NOTE_CHARACTERS: Final = 2_000  # of a note, a reason, a step's content
MOST_PLAN_STEPS: Final = 100
MOST_DOCUMENTS: Final = 50  # of one application
MOST_DOCUMENT_BYTES: Final = 20 * 1024 * 1024

# Imports in the browser.
MOST_DRAFT_BYTES: Final = 32 * 1024**2
MOST_DRAFTS: Final = 10  # of one account
MOST_SENDER_CHARACTERS: Final = 100  # of whose list a file is
DRAFT_DAYS: Final = 7
MOST_MENDED_CHARACTERS: Final = 4_000  # of a cell that is mended on the page

# Many facilities at once, in the browser.
MOST_BULK: Final = 5_000  # facilities of one bulk edit
MOST_BULK_CHARACTERS: Final = 500  # of a value that they all get
BULK_DAYS: Final = 7

# Lists that stewards keep under a name.
MOST_LISTS: Final = 50  # of one account
MOST_LIST_CHARACTERS: Final = 60  # of a name

# Filters.
MOST_FILTER_CHARACTERS: Final = 8_000
MOST_FILTER_PARTS: Final = 500  # conditions, values and lists of values
MOST_FILTER_DEPTH: Final = 20  # of parts within parts
MOST_SORT_KEYS: Final = 5
MOST_FEATURE_CURSOR_CHARACTERS: Final = 6_000  # it holds what features are in order by

# Reports of workers.
LEAST_REPORT_KEY_CHARACTERS: Final = 16
MOST_REPORT_KEY_CHARACTERS: Final = 100
MOST_REPORT_NOTE_CHARACTERS: Final = 500
MOST_PLACE_WORDS_CHARACTERS: Final = 300  # of where a suggested place is

MOST_TILE_ZOOM: Final = 14
"""Tiles of the base map are made up to here; a map that comes nearer draws these larger."""
