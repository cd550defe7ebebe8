"""What a person agreed to, as it stands today: rows that follow from the steps in which it was said."""
