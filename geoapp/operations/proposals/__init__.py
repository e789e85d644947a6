"""Sites of a plan carried out: the board of proposals, from plan to opened station."""
