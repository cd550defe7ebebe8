"""Requests to disclose, the matrix of rulings, the packages that were approved, and their openings."""
