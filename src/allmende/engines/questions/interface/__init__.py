"""What other rooms may ask of questionnaires."""
