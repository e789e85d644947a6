"""Passwords: which are good enough, and how they are kept.

Argon2 hashes are kept (argon2-cffi). zxcvbn judges how hard a password is to guess: by lists of
those that leaked elsewhere, names, words, dates and rows of keys.
"""

import re
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

MIN_PASSWORD_LENGTH = 10
MOST_PASSWORD_CHARACTERS = 1000  # Argon2 reads all of it, so somebody could send a book
# Whoever guesses 10**10 times against the hash needs years for it.
_GOOD_ENOUGH = 4
_JUDGED_CHARACTERS = 72  # zxcvbn's own limit; what is good so far stays good
# Words that everybody would try here first; zxcvbn's lists are mostly English.
_WEAK_WORDS = (
    "geoapp",
    "gonghui",
    "zonggonghui",
    "zhigong",
    "yizhan",
    "qingdao",
    "shandong",
    "zhongguo",
    "china",
    "mima",
    "guanliyuan",
    "woaini",
    "woaini1314",
    "5201314",
    "1314520",
)
ADVICE = Text(
    "不易猜到的密码：把四个以上不相干的词连起来，或由密码管理器随机生成；"
    "不要用姓名、用户名、单位名、日期、连续的键，也不要用别处泄露过的密码",
    "a password that is hard to guess: four or more words that have nothing to do with each other, "
    "or a random one from a password manager; no names, dates, rows of keys, and none that leaked "
    "elsewhere",
)
_hasher = PasswordHasher()


def check_password(name: str, password: str) -> None:
    """Refuse a password that is short, or that is easily guessed for this account.

    Raises
    ------
    InvalidValueError
        With a sentence that says what to do. The password is not repeated.
    """
    from zxcvbn import zxcvbn  # noqa: PLC0415  (its long lists are read when they are needed)

    if not MIN_PASSWORD_LENGTH <= len(password) <= MOST_PASSWORD_CHARACTERS:
        accepted = Text(
            f"{MIN_PASSWORD_LENGTH} 至 {MOST_PASSWORD_CHARACTERS} 个字符的密码",
            f"a password of {MIN_PASSWORD_LENGTH} to {MOST_PASSWORD_CHARACTERS} characters",
        )
        raise InvalidValueError("password", "***", accepted)
    words = [name, *re.split(r"[\W\d_]+", name), *_WEAK_WORDS]
    judged = zxcvbn(password[:_JUDGED_CHARACTERS], user_inputs=[word for word in words if word])
    if judged["score"] < _GOOD_ENOUGH:
        raise InvalidValueError("password", "***", ADVICE)


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    return _hasher.hash(password)


def fits(stored: str, password: str) -> bool:
    """Tell whether a password is the one whose hash is stored."""
    if len(password) > MOST_PASSWORD_CHARACTERS:
        return False
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def decoy_hash() -> str:
    """Return a hash that nothing fits, to be checked where there is no account."""
    return _hasher.hash(secrets.token_urlsafe(12))
