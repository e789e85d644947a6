"""The maximal covering problem with its side conditions as a linear programme in whole numbers."""

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.milp import Model
from geoapp.analysis.siting.rules import Rules, rule_rows
from geoapp.core.arrays import FloatArray


def mclp_model(cover: sp.csr_array, weights: FloatArray, rules: Rules) -> Model:
    """Return the model: columns are the sites y, the rows covered z, and those covered twice u.

    max sum_i w_i ((1 - t) z_i + t u_i)  with  z_i + u_i <= sum_j a_ij y_j,  u_i <= z_i,  sum y = p
    (Church & ReVelle 1974; backup: Hogan & ReVelle 1986); minimised with the sign turned.
    """
    demand, sites = cover.shape
    twice = demand if rules.backup_share > 0 else 0
    one = sp.eye_array(demand, format="csr")
    blocks: list[list[sp.sparray | None]] = [[-cover, one, one if twice else None]]
    lower, upper = [np.full(demand, -np.inf)], [np.zeros(demand)]
    if twice:
        blocks.append([sp.csr_array((demand, sites)), -one, one])
        lower.append(np.full(demand, -np.inf))
        upper.append(np.zeros(demand))
    rows, rule_lower, rule_upper = rule_rows(rules)
    blocks.append([rows, None, None])
    if not twice:
        blocks = [row[:2] for row in blocks]
    count = sites + demand + twice
    low, high = np.zeros(count), np.ones(count)
    high[:sites][~rules.allowed] = 0.0
    low[rules.fixed] = 1.0
    return Model(
        cost=-np.concatenate(
            (
                np.zeros(sites),
                (1 - rules.backup_share) * weights,
                (rules.backup_share * weights)[:twice],
            )
        ),
        lower=low,
        upper=high,
        whole=np.concatenate((np.ones(sites, bool), np.zeros(demand, bool), np.ones(twice, bool))),
        rows=sp.block_array(blocks, format="csr"),
        row_lower=np.concatenate((*lower, rule_lower)),
        row_upper=np.concatenate((*upper, rule_upper)),
    )
