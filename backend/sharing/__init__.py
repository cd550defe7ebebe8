"""The sharing gate: nothing about a person leaves the office but through a consent, a ruling or a council."""
