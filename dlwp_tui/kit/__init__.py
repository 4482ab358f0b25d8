"""What lessons of this course share and is not their subject: digits, reviews, drawings, learners' arrays."""
