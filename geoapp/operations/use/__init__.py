"""How facilities are used and liked: entered, exported, told by quarters."""
