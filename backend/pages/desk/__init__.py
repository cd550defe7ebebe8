"""The desk of a member: which cases stand in which list and order, and what is done with several at once."""
