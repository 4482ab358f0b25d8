"""One run is one folder. This room writes, follows, derives and compares them; it starts nothing."""
