"""What several lessons of this course share: digits, film reviews, small drawings, windows of a series."""
