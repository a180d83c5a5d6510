"""Everything that the portal keeps. One file for each part; Django looks for the models here."""
