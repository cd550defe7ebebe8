"""Pages for people out of the office: the phone in the street, and the doors that need no account."""
