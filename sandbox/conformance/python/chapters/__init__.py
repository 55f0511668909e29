"""The chapters of the story, in files by subject."""
