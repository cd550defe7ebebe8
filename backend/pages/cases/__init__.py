"""One case: its page and sections, beginning one, doing something with it, and what is typed before."""
