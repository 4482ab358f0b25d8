"""The bench beside the note: form, curves, output, source, history and demos of one lesson."""
