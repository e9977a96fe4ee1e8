"""What a change of a resource reaches: its own part but for what only describes it, and what an unknown type may set."""

from __future__ import annotations

from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.location import Location
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.declared import Declarations
from resilience_checks.topology.estate import Fact, Reach
from resilience_checks.topology.estate_builder import build
from tests.catalogue.programs import LATER
from tests.topology.graphs import Program


def test_a_change_reaches_the_part_it_makes_and_perhaps_what_a_resource_of_unknown_type_refers_to() -> None:
    program = Program()
    bucket = program.add("aws:s3/bucket:Bucket", "logs")
    odd = program.add("acme:index/thing:Thing", "odd", {"bucket": LATER}, refers={"bucket": bucket})
    why = (
        "the catalogue does not know acme:index/thing:Thing, so what a change of odd reaches is not known",
        Basis.UNKNOWN,
        Location("__main__.py", 2),
    )
    perhaps = Fact(
        f"what {odd} reaches",
        ("nothing", "what it is joined to"),
        Reason(*why),
        "add a catalogue entry for its type",
    )
    assert build([program.graph()], Declarations.empty(), load_catalogue()).reach == {
        "web/prod": {bucket: (Reach("logs", labels=("tags",)),), odd: (Reach("logs", fact=perhaps, sets=True),)}
    }
