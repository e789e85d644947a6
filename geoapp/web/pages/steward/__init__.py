"""The data steward's pages: the state of the data, the facilities in lists, and each one's record."""
