"""What the portal does when something happened; one file for each part."""
