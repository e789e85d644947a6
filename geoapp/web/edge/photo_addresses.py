"""Where photos are found."""

from flask import url_for

from geoapp.store.facilities.photos import PhotoRecord

NAMED_CHARACTERS = 16


def photo_address(photo: PhotoRecord) -> str:
    """Return a photo's address; it names the picture, so that what is kept of it never is another."""
    return url_for("photos.show", number=photo.id, named=photo.hash[:NAMED_CHARACTERS])
