"""The annex's intervals are left out, not invented, where their variance is nothing or unknown."""

import pytest

from moderation.statistics import annex
from moderation.statistics.stratified import Stratum


@pytest.mark.parametrize("strata", [[], [Stratum("unseen", 9, 0, 0)]])
def test_nothing_seen_has_no_annex(strata: list[Stratum]) -> None:
    assert annex.standard_error(strata, fpc=False) is None
    assert annex.degrees_of_freedom(strata) is None
    assert annex.kish_size(strata) is None
    assert annex.logit(strata, fpc=False) is None
    assert annex.korn_graubard(strata, fpc=True) is None


def test_a_single_pair_has_no_variance_unless_it_is_all_there_is() -> None:
    rest = Stratum("rest", 40, 10, 8)
    assert annex.standard_error([Stratum("single", 5, 1, 1), rest], fpc=True) is None
    assert annex.standard_error([Stratum("all of one", 1, 1, 1), rest], fpc=True) is not None
    assert annex.standard_error([Stratum("all of one", 1, 1, 1), rest], fpc=False) is None


def test_a_variance_of_nothing_gives_no_interval() -> None:
    all_agree = [Stratum("rest", 40, 10, 10)]
    assert annex.standard_error(all_agree, fpc=False) == 0
    assert annex.logit(all_agree, fpc=False) is None
    assert annex.korn_graubard(all_agree, fpc=False) is None
