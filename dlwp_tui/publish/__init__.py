"""The course as a tree of plain markdown files that GitHub and editors show well."""
