"""Workflows: from YAML to a frozen model, checked, compiled to a state machine, drawn and rehearsed."""
