"""The definitions a case was begun under, read back from the store and compiled once per process."""

from dataclasses import dataclass
from functools import lru_cache

from backend.answers.build import form_of
from backend.answers.form import Form
from backend.cases.models import Case
from backend.definitions import store
from backend.definitions.models import Published
from backend.workflow.machine import Machine, compile_workflow
from backend.workflow.model import Workflow


@dataclass(frozen=True)
class Pinned:
    """One version of a workflow with its state machine."""

    hash: str
    workflow: Workflow
    machine: Machine

    def form(self, name: str) -> tuple[Form, str]:
        """A form this version uses (or a form of the engine's own actions), with its hash."""
        digest = self.workflow.forms.get(name) or newest("form", name)
        return form(digest), digest


@lru_cache(maxsize=256)
def pinned(digest: str) -> Pinned:
    """The workflow published under `digest`. Raises `NotPublished`."""
    workflow = Workflow.from_content(store.load("workflow", digest))
    return Pinned(digest, workflow, compile_workflow(workflow, Case))


@lru_cache(maxsize=512)
def form(digest: str) -> Form:
    """The form published under `digest`. Raises `NotPublished`."""
    return form_of(store.load("form", digest))


def newest(kind: str, name: str) -> str:
    """The hash of the version published last under a name. Raises `NotPublished`."""
    return newest_of(kind, name)[name]


def newest_of(kind: str, *names: str) -> dict[str, str]:
    """The same for several names, asked once."""
    rows = Published.objects.filter(kind=kind, name__in=names).order_by("name", "-published_at", "-id")
    found = dict(rows.distinct("name").values_list("name", "hash"))
    for name in names:
        if name not in found:
            raise store.NotPublished(f"No {kind} named {name} is published; run `tsunagu prepare`.")
    return found
