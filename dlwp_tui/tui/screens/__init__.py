"""Screens: the study screen and the small dialogs over it."""
