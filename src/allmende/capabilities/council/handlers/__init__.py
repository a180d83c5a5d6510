"""What happens after a change here."""
