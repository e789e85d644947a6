"""Sites at any place: discs on the spheroid as columns that are made as they are wanted."""
