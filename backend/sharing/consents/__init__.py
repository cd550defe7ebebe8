"""What a person agreed to, as it stands today: rows that follow from the steps in which it was said.

Ask with `asking`: `facts(person, purpose, today, controller)` gives the consent fields of a Provision,
`live(person, today)` and `status(person, purpose, today)` the rest. Ask at the moment of each disclosure.

Hear of an end with `withdrawing`: a function registered by `@on_end` runs inside the step that ended a
consent (stop what is open, recall packages); one registered by `@holds` names the organisations that still
hold something, and each of them is told by letter.

Tell what left with `registers`: a function registered by `@leaves` names what was told to whom of a person.
"""
