"""Reading: contents, the note with its cards and quizzes, links, search, glossary, the learner's own notes."""
