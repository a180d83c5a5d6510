"""The builder of questionnaires: pages for people who are no engineers."""
