"""Definitions as published: what a running case, an answer, a letter or a decision is pinned to."""

from typing import Any, ClassVar

from django.db import models


class Published(models.Model):
    """One version of one definition, never changed: its canonical content under its hash."""

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    hash = models.CharField(max_length=64)
    content = models.TextField(help_text="Canonical JSON; its SHA-256 is the hash.")
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.CharField(max_length=100, blank=True, help_text="Opaque id of a member, or empty.")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["kind", "name", "hash"], name="definitions_published_once"),
        ]
        ordering: ClassVar[list[str]] = ["kind", "name", "-published_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.hash[:12]}"
