"""Views of accounts: `signing_in` (allauth's flows), `own` (my account), `staff` (/verwaltung/), `demo`."""
