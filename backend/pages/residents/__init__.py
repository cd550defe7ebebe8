"""What belongs to persons: their record and its versions, doubles, the household."""
