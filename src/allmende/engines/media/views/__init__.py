"""Files for those who may see them, and the editors' library."""
