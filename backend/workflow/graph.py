"""A workflow as a graph: what can be reached, what comes to an end, how far from the start."""

from collections.abc import Iterable, Mapping

from backend.workflow.model import Workflow

Edges = Mapping[str, tuple[str, ...]]


def edges(workflow: Workflow) -> dict[str, tuple[str, ...]]:
    """The states each state leads to, without the unknown ones, itself, or doubles."""
    found: dict[str, list[str]] = {name: [] for name in workflow.states}
    for source, _, target in workflow.edges():
        if source in found and target in found and target != source and target not in found[source]:
            found[source].append(target)
    return {source: tuple(targets) for source, targets in found.items()}


def reachable(graph: Edges, starts: Iterable[str]) -> set[str]:
    """The states that can be reached, the starts included."""
    seen = {state for state in starts if state in graph}
    waiting = list(seen)
    while waiting:
        for target in graph[waiting.pop()]:
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def turned(graph: Edges) -> dict[str, tuple[str, ...]]:
    """The graph with every edge the other way round."""
    found: dict[str, list[str]] = {state: [] for state in graph}
    for source, targets in graph.items():
        for target in targets:
            found[target].append(source)
    return {state: tuple(sources) for state, sources in found.items()}
