"""Workflows as state machines: the only module that knows django-fsm."""

from django_fsm import FSMField

__all__ = ["StateField"]


class StateField(FSMField):
    """The state of a case, qualified by its workflow (`referral.triaged`); only a transition writes it."""
