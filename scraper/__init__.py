"""Talks to wikis and reads dumps; yields pages, revisions and events, and knows nothing of SQLite."""
