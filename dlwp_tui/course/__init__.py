"""Reads and checks the course: chapters, notes, lessons, glossary, claims. Imports no runs, screens or TensorFlow."""
