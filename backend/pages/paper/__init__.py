"""Letters and paper: one letter, the letters of a case, the post of a day, forms to print, stationery."""
