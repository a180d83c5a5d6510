"""Forms of the portal, one file for each part."""
