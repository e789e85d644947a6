"""The fields of each kind of question, and those that several of them have."""
