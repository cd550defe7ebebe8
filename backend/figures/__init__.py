"""The office in figures: counted into small tables, withheld where they are small, laid out for drawings."""
