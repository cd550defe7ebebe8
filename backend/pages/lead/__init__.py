"""The supervisor's pages: the board, the lists behind its figures, leave and deputies, moving a caseload."""
