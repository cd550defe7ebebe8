"""支える人: who stands by a person and has no record of their own with the office."""

from django.db import models


class Supporter(models.Model):
    """A neighbour, a daughter elsewhere, a friend: told to the office, ended and never deleted."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="supporters")
    name = models.CharField(max_length=80)
    relation = models.CharField(max_length=40)
    kin = models.BooleanField(default=False)
    phone = models.CharField(max_length=24, blank=True)
    emergency_order = models.PositiveSmallIntegerField(null=True)
    key_holder = models.BooleanField(default=False)
    noted_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    ended_by = models.ForeignKey("people.Member", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "people"
        indexes = [  # noqa: RUF012 - Django's own way to write Meta
            models.Index(fields=["person"], condition=models.Q(ended_at=None), name="supporter_of_person")
        ]

    def __str__(self) -> str:
        return str(self.pk)
