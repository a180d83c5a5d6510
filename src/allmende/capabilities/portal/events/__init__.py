"""What happened in the portal, in the past tense; one file for each part."""
