"""Who may do what here; when a check is due; what makes a post stand out. Viewer, object and time are arguments."""
