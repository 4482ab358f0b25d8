"""Widgets: they show and post messages; the screen acts."""
