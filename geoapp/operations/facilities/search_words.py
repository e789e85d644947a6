"""Keep the words that facilities are found by in step with the facilities."""

from geoapp.core.simplified import simplified
from geoapp.core.sounds import folded, sounds_of
from geoapp.store.engine import Database
from geoapp.store.facilities.read import data_version
from geoapp.store.search.words import Unread, Words, read_unread, spaced, write_words

BATCH = 2000  # some 0.2 s


class WordsKeeper:
    """Makes the words of facilities that changed, whoever changed them and by which way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: int | None = None  # the version of the facilities whose words were all made

    def catch_up(self, most: int = BATCH) -> bool:
        """Make the words of changed facilities, ``most`` at most; tell whether all are made now."""
        with self._database.snapshot() as session:
            if data_version(session, "facilities") == self._read:
                return True
        with self._database.session() as session:
            version = data_version(session, "facilities")
            unread = read_unread(session, most)
            write_words(session, [_words(one) for one in unread])
        if len(unread) == most:
            return False
        self._read = version
        return True


def _words(one: Unread) -> Words:
    # Whoever registers in traditional characters is found by simplified ones, and by these.
    chinese = sounds_of(simplified(one.name_zh))
    name = chinese.name if not one.name_en else f"{chinese.name} {folded(one.name_en)}"
    told = [one.code, one.address, one.phone, one.operator, one.host]
    written = (one.name_zh, one.address, one.operator, one.host)
    plain = [simplified(part or "") for part in written]
    told += [
        other
        for part, word in zip(written, plain, strict=True)
        if part and word != part
        for other in (part, word)
    ]
    # An address names the district; it too is found by its sound.
    address = sounds_of(one.address or "").pinyin
    parts = [
        name,
        chinese.pinyin,
        chinese.initials,
        *(folded(part or "") for part in told),
        address,
    ]
    everything = spaced(" ".join(parts))
    return Words(one.id, one.rev, name, chinese.pinyin, chinese.initials, everything)
