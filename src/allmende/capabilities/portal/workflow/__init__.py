"""States and transitions of the portal's things as data, one file for each part."""
