"""What was counted for the board: small tables a page reads as they are. They can be counted anew."""

from django.db import models


class Tally(models.Model):
    """The open cases of a controller that belong together: those of a worker, in a state or of an area.

    `late` are past their deadline, `today` due before midnight; one on hold is neither.
    """

    class Kind(models.TextChoices):
        WORKER = "worker"
        STATE = "state"
        AREA = "area"

    controller = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=120, blank=True)
    open = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    today = models.PositiveIntegerField()
    held = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["controller", "kind", "key"], name="figures_tally_once")
        ]

    def __str__(self) -> str:
        return f"{self.controller} {self.kind} {self.key}"


class Cohort(models.Model):
    """The cases that began in a month in an area: the furthest stage they reached and how they ended."""

    controller = models.CharField(max_length=40)
    month = models.DateField()
    area = models.CharField(max_length=16)
    stage = models.PositiveSmallIntegerField()
    ending = models.CharField(max_length=40)
    cases = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "month", "area", "stage", "ending"], name="figures_cohort_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.controller} {self.month:%Y-%m} {self.area} {self.stage} {self.ending}"


class Pace(models.Model):
    """How long one step of the way took, in the middle: of how many cases, in minutes.

    `stage` is the one reached; `approval` (how long a request waited, on the average) has no stage.
    """

    controller = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=40)
    cases = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["controller", "year", "stage"], name="figures_pace_once")
        ]

    def __str__(self) -> str:
        return f"{self.controller} {self.year} {self.stage}"
