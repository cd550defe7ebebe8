"""Forms on paper: any form drawn as an A4 sheet to fill in by pen, and keyed back in by its token."""
