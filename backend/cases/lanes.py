"""The lanes of kinds of effects that may not run without limit."""

from django.db import models


class Lane(models.Model):
    """How many effects of a kind began in a minute. Whoever claims of the kind holds the row (`claiming`)."""

    kind = models.CharField(primary_key=True, max_length=20)
    minute = models.DateTimeField()
    used = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.kind
