"""How much a result follows from a setting, and from the choice of pre-segments."""
