"""What every other package may use: paths, settings, errors, language, formats, hardware, progress, own notes."""
