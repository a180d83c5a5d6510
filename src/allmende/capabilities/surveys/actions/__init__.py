"""Every change of a survey. Files by what is done; names are taken from here."""
