"""What a job is doing, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType

STEPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "waiting": ("排队等候", "waiting"),
        "reading": ("读取方案", "reading the plan"),
        "dividing": ("划分地块", "dividing the blocks"),
        "refining": ("调整边界", "refining the borders"),
        "evening out": ("均衡工作量", "evening the work out"),
        "judging": ("计算指标", "measuring the proposal"),
    }
)


def told_step(said: str, *, proposal: int, of: int) -> tuple[str, str]:
    """Return what is being done, and for which proposal, in Chinese and in English.

    Examples
    --------
    >>> told_step("dividing", proposal=2, of=5)
    ('方案 2/5：划分地块', 'proposal 2 of 5: dividing the blocks')
    >>> told_step("waiting", proposal=1, of=5)
    ('排队等候', 'waiting')
    >>> told_step("something new", proposal=1, of=1)[1]
    'proposal 1 of 1: something new'
    """
    zh, en = STEPS.get(said, (said, said))
    if said in {"waiting", "reading"}:
        return zh, en
    return f"方案 {proposal}/{of}：{zh}", f"proposal {proposal} of {of}: {en}"
