"""Compile the inner loops of the analysis before the tests: their processes start at once, and each would.

What is compiled is kept beside the source, so the second time this takes seconds.
"""

from geoapp.analysis.nearest import index
from geoapp.analysis.network import warm_up as walks
from geoapp.analysis.siting import warm_up as siting

if __name__ == "__main__":
    index.warm_up()
    walks.warm_up()
    siting.warm_up()
