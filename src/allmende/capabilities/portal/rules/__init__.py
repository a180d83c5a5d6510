"""Who may do what in the portal: pure predicates, one file for each part."""
