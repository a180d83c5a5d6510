"""Things of the portal for tests, one file for each part."""
