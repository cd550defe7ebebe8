"""The pages of the office: HTML by Django's templates, quickened by htmx, complete without any script.

Pages show and ask; every change goes through `backend.cases.actions`, every look through the policies.
"""
