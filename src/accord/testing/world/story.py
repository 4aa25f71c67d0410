"""The story of a world, for whoever has to find out why a promise broke."""

from accord.testing.world.play import STEPS, Outcome

__all__ = ["tell"]

SHORT = 15


def tell(outcome: Outcome, *, full: bool = False) -> str:
    """Seed, broken promises, how to replay it, and the trace: all of it, or its end."""
    trace = outcome.trace if full else outcome.trace[-SHORT:]
    steps = "" if outcome.steps == STEPS else f" --steps {outcome.steps}"
    lose = " --lose-state" if outcome.reached["state lost"] else ""
    lines = [
        f"world {outcome.seed}: {len(outcome.verdict.broken)} broken promises",
        *(f"  {broken}" for broken in outcome.verdict.broken),
        f"replay: python -m accord.testing.world {outcome.seed}{steps}{lose}",
        *(f"  {line}" for line in outcome.weather),
        *(["  ..."] if len(trace) < len(outcome.trace) else []),
        *(f"  {line}" for line in trace),
    ]
    if full:
        reached = ", ".join(f"{what} {n}" for what, n in sorted(outcome.reached.items()) if n)
        lines.append(f"reached: {reached}")
    return "\n".join(lines)
