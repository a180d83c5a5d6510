"""Every change in the portal, one file for each part. Import from the file itself."""
