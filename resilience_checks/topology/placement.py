"""Where each thing stands: what the program shows, joined with what resilience.yaml declares."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.catalogue.entries import Target
from resilience_checks.model.question import Holds
from resilience_checks.model.values import StackOutput
from resilience_checks.topology.candidates import candidate
from resilience_checks.topology.enclosures import Enclosures, Said
from resilience_checks.topology.places import ELSEWHERE, NO_PLACE, NOWHERE, Place, region_name
from resilience_checks.topology.references import Loose, resolve
from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import PROVIDER, Thing, Things, holds
from resilience_checks.topology.zone_names import regions_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.catalogue.entries import Entry, ProviderEntry
    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.model.location import Location
    from resilience_checks.model.values import Value
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.declared import Placement as Rule
    from resilience_checks.topology.estate import Condition
    from resilience_checks.topology.facts import FactBook


class Placements:
    """Finds the place of each thing once."""

    def __init__(self, things: Things, declarations: Declarations, catalogue: Catalogue, book: FactBook) -> None:
        """Index the names that sites go by."""
        self._things, self._declarations, self._catalogue, self._book = things, declarations, catalogue, book
        self._places: dict[int, Place] = {}
        self._open: set[int] = set()
        self._unknown: dict[str, Place] = {}
        self._ways: dict[tuple[int, str], Target] = {}
        self._enclosures = Enclosures(declarations, book)
        self._aliases = self._site_names()
        self._regions = self._known_regions()
        self._patterns = [rule for rule in declarations.placement if not rule.match.resources]
        self._exact: dict[str, list[Rule]] = defaultdict(list)
        for rule in declarations.placement:
            for urn in rule.match.resources:
                self._exact[urn].append(rule)

    def of(self, thing: Thing) -> Place:
        """Return where the thing stands."""
        key = id(thing)
        if key not in self._places:
            if key in self._open:
                return NOWHERE
            self._open.add(key)
            self._places[key] = self._place(thing)
            self._open.discard(key)
        return self._places[key]

    nowhere = NOWHERE

    def has_zones(self, package: str, region: str) -> Holds:
        """Return whether a region of a package's provider has zones."""
        return self._catalogue.has_zones(package, region)

    def regions_at(self, place: Place) -> tuple[tuple[str, Condition], ...]:
        """Return the regions whose zones those of a place are."""
        return regions_at(place, self._declarations.sites)

    def zone_of(self, thing: Thing, value: Value) -> str | None:
        """Return the zone that a value names, None where it names none or is not known."""
        name = text(value)
        return None if name is None else self._catalogue.zone_of(thing.entry.package, name)

    def own_zone(self, thing: Thing) -> str | None:
        """Return the zone in which the thing's provider puts what names none."""
        values = [thing.device.value(path) for path in self._provider(thing).zone] if thing.device else []
        return next((zone for value in values if (zone := self.zone_of(thing, value)) is not None), None)

    def _provider(self, thing: Thing) -> ProviderEntry:
        provider = self._catalogue.provider(thing.entry.package)
        return self._catalogue.provider(provider.of) if provider.of is not None else provider

    def at_site(self, site: str) -> Place:
        """Return the place that a declaration names outright."""
        return Place(sites=((site, ()),))

    def at_spot(self, part: str, label: str, said: Said) -> Place:
        """Return the place that a component or unit declares for itself."""
        assert said.site is not None
        sites = ((said.site, ()),)
        return Place(sites=sites, within=self._enclosures.of(part, label, sites, [(said, True)]))

    def unknown(self, root: str, label: str, location: Location | None) -> Place:
        """Return a place that may be any declared site, or one that nobody named."""
        return self._unknown_site(root, f"nothing says at which site {label} stands", location)

    def _place(self, thing: Thing) -> Place:
        if thing.owner is not None:
            return self.of(thing.owner)
        if thing.entry.placeless:
            return NOWHERE
        if thing.entry.placement is not None and thing.entry.placement.also:
            return self._at_both_ends(thing, thing.entry.placement.also)
        rules = self._rules(thing)
        place = self._at(thing, rules)
        inside = [(rule, answer is Holds.YES) for rule, answer in rules if rule.room or rule.rack or rule.host]
        if not inside or not place.sites:
            return place
        return replace(place, within=self._enclosures.of(thing.id, thing.label, place.sites, inside))

    def _at(self, thing: Thing, rules: list[tuple[Rule, Holds]]) -> Place:
        declared = {rule.site: rule for rule, answer in rules if answer is Holds.YES and rule.site is not None}
        if thing.entry.estate == "cloud":
            return self._in_cloud(thing, declared)
        shown = self._shown(thing)
        claims = dict.fromkeys([*([shown.sure_site] if shown and shown.sure_site else []), *sorted(declared)])
        if len(claims) > 1:
            return self._contradicted(thing, tuple(claims), declared)
        if claims:
            return self.at_site(next(iter(claims)))
        if shown is not None and (shown.sites or shown.regions):
            return shown
        unknown = next((rule for rule, answer in rules if answer is Holds.YES and rule.site is None), None)
        if unknown is not None:
            return self._unknown_site(thing.id, unknown.why, unknown.location)
        if any(answer is Holds.UNKNOWN for _, answer in rules):
            why = f"what names {thing.label} is not known, so a placement rule may or may not match it"
            return self._unknown_site(thing.id, why, thing.location)
        why = f"nothing says at which site {thing.label} stands"
        return self._unknown_site(thing.id, why, thing.location, _rule_for(thing))

    def _rules(self, thing: Thing) -> list[tuple[Rule, Holds]]:
        if not self._declarations.placement:
            return []
        seen = candidate(thing)
        exact = {id(rule): rule for urn in (seen.urn, *seen.within) if urn for rule in self._exact.get(urn, ())}
        rules = [*self._patterns, *exact.values()]
        return [(rule, answer) for rule in rules if (answer := rule.match.match(seen)) is not Holds.NO]

    def _in_cloud(self, thing: Thing, rules: Mapping[str, Rule]) -> Place:
        """Return the region that the program shows, and the declared site within it."""
        if not rules or not thing.entry.is_part:
            return self._paired(thing, self._in_region(thing))
        regions = self._shown_regions(thing)
        apart = regions is not None and self._elsewhere(regions, rules)
        if len(rules) == 1 and not apart:
            shown = self._paired(thing, self._in_region(thing, doubt=False)).regions
            return replace(self.at_site(next(iter(rules))), regions=shown)
        if regions is None or not apart:
            return self._contradicted(thing, tuple(sorted(rules)), rules)
        others = tuple(sorted(region_name(self._declarations.sites[site].region or site) for site in rules))
        claims = tuple(dict.fromkeys((*regions, *others)))
        text_ = f"{thing.label} cannot stand at {' and '.join((*regions, *sorted(rules)))}"
        self._book.contradict(thing.id, text_, thing.location, *(rule.location for rule in rules.values()))
        fact = self._book.doubt(
            f"region of {thing.id}", claims, text_, "make program and declarations agree", location=thing.location
        )
        return Place(regions=tuple((region, ((fact, region),)) for region in claims), root=thing.id)

    def _at_both_ends(self, thing: Thing, further: tuple[str, ...]) -> Place:
        """Return the region of one end of a link, and those of the others as far as the program names them."""
        place = self._in_region(thing)
        named = {region_name(name) for path in further for _, value in thing.values(path) if (name := text(value))}
        others = sorted(named - {region for region, _ in place.regions})
        return replace(place, regions=(*place.regions, *((region, ()) for region in others)))

    def _shown_regions(self, thing: Thing) -> tuple[str, ...] | None:
        """Return the region that the program surely shows, none where it has none of its own, None where unknown."""
        if not thing.entry.is_part:
            return ()
        regions = self._in_region(thing, doubt=False).regions
        return tuple(region for region, _ in regions) if regions else None

    def _elsewhere(self, regions: tuple[str, ...], rules: Mapping[str, Rule]) -> bool:
        """Return whether a declared site is not in the region that the program shows.

        A site without a region may be in any; a resource's own tag, which names it outright, means a region itself.
        """
        sites = self._declarations.sites
        named = [sites[site].region for site, rule in rules.items() if sites[site].region or rule.match.resources]
        return any(region is None or region_name(region) not in regions for region in named) and bool(regions)

    def _shown(self, thing: Thing) -> Place | None:
        """Return the place that the program itself shows, None where it shows nothing."""
        placement = thing.entry.placement
        if placement is None:
            return None
        if placement.site is not None:
            return self._named_site(thing, placement.site)
        unsure: Place | None = None
        for path in placement.inside:
            for place in self._around(thing, path):
                if place.sure_site:
                    return place
                unsure = unsure or (place if place.sites or place.regions else None)
        return unsure

    def _around(self, thing: Thing, path: str) -> list[Place]:
        if path == "provider":
            return [self.of(thing.device)] if thing.device is not None else []
        ends = resolve(self._things, thing, self._way(thing.entry, path))
        if thing.entry.token.startswith(PROVIDER):  # a whole kubeconfig is no name of a place
            ends = tuple(end for end in ends if isinstance(end.to, Thing))
        return [place for end in ends if (place := self._around_end(thing, end.to)) is not None]

    def _way(self, entry: Entry, path: str) -> Target:
        key = id(entry), path
        if key not in self._ways:
            self._ways[key] = _way(entry, path)
        return self._ways[key]

    def _around_end(self, thing: Thing, end: Thing | Loose) -> Place | None:
        """Return the place of what a thing stands in; all that name the same on one device share what is not known."""
        if isinstance(end, Thing):
            return None if _means_either(end) else self.of(end)
        if not end.literal:
            return None
        root = f"{end.label} of {thing.device.id}" if thing.device else end.label
        return self.unknown(root, root, end.location)

    def _named_site(self, thing: Thing, path: str) -> Place | None:
        value = thing.value(path)
        name = text(value)
        if name is None:
            return (
                None
                if value is None
                else self._unknown_site(thing.id, f"{path} of {thing.label} is not known", thing.location)
            )
        found = self._aliases.get(name) or self._aliases.get(name.rsplit("/", 1)[-1]) or ()
        if len(found) == 1:
            return self.at_site(found[0])
        return None

    def _site_names(self) -> Mapping[str, tuple[str, ...]]:
        index: dict[str, dict[str, None]] = defaultdict(dict)
        for site in self._declarations.sites.values():
            for name in (site.id, *site.aliases):
                index[name][site.id] = None
                index[name.rsplit("/", 1)[-1]][site.id] = None
        return {name: tuple(sites) for name, sites in index.items()}

    def _unknown_site(self, root: str, why: str, location: Location | None, rule: str = "") -> Place:
        if root in self._unknown:
            return self._unknown[root]
        sites = (*sorted(self._declarations.sites), ELSEWHERE)
        values = sites if len(sites) > 1 else (ELSEWHERE, NO_PLACE)
        remedy = "declare it under `sites` and `placement` in resilience.yaml"
        remedy += f", as in `{rule}`" if rule else ""
        fact = self._book.doubt(f"site of {root}", values, why, remedy, location=location)
        self._unknown[root] = Place(sites=tuple((site, ((fact, site),)) for site in values), root=root)
        return self._unknown[root]

    def _contradicted(self, thing: Thing, claims: tuple[str, ...], declared: Mapping[str, Rule]) -> Place:
        text_ = f"{thing.label} cannot stand at {' and '.join(claims)}"
        self._book.contradict(thing.id, text_, thing.location, *(rule.location for rule in declared.values()))
        fact = self._book.doubt(
            f"site of {thing.id}", claims, text_, "make program and declarations agree", location=thing.location
        )
        return Place(sites=tuple((site, ((fact, site),)) for site in claims), root=thing.id)

    def _in_region(self, thing: Thing, *, doubt: bool = True) -> Place:
        """Return the region where the thing stands; without `doubt`, no place where that is not known."""
        placement = thing.entry.placement
        for path in placement.region if placement else ():
            value = thing.value(path)
            name = text(value)
            if name is not None:
                region = self._catalogue.region_of(thing.entry.package, name)
                return NOWHERE if region is None else Place(regions=((region_name(region), ()),))
            if value is not None:
                why = f"{path} of {thing.label} is not known"
                return self._unknown_region(thing, why, _same_value(value)) if doubt else NOWHERE
        for path in placement.inside if placement else ():
            for place in self._around(thing, path):
                if place.regions:
                    return place
        for path in self._provider(thing).region:
            name = text(thing.device.value(path)) if thing.device else None
            region = None if name is None else self._catalogue.region_of(thing.entry.package, name)
            if region is not None:
                return self._in_providers_region(thing, region_name(region))
        if not thing.entry.is_part or thing.entry.token.startswith("pulumi:providers:") or not doubt:
            return NOWHERE
        why = f"nothing says in which region {thing.label} stands{self._unseen(thing)}"
        return self._unknown_region(thing, why, self._same_provider(thing))

    def _same_provider(self, thing: Thing) -> str | None:
        """Return what is one for all that stands where one provider instance works, None for what may stand elsewhere."""
        placement = thing.entry.placement
        named = any(thing.values(path) for path in (placement.inside if placement else ()) if path != "provider")
        if named or thing.device is None or not self._provider(thing).region:
            return None
        return thing.device.id

    def _in_providers_region(self, thing: Thing, region: str) -> Place:
        """Return the region that the provider works in; what the catalogue does not know may be a global service."""
        if thing.entry.token not in self._things.unknown:
            return Place(regions=((region, ()),))
        why = f"the catalogue does not know {thing.entry.token}, so nobody says whether {thing.label} stands in {region} alone"
        remedy = f"add a catalogue entry for {thing.entry.token} that says where it stands"
        fact = self._book.doubt(f"region of {thing.id}", (region, NO_PLACE), why, remedy, location=thing.location)
        return Place(regions=((region, ((fact, region),)), (NO_PLACE, ((fact, NO_PLACE),))), root=thing.id)

    def _paired(self, thing: Thing, place: Place) -> Place:
        """Return the place of what the provider itself may serve from another region: nobody can say that it will."""
        placement = thing.entry.placement
        source = placement.paired if placement is not None else None
        if placement is None or source is None or holds(thing, placement.paired_when) is Holds.NO:
            return place
        if placement.paired_unless and holds(thing, placement.paired_unless) is Holds.YES:
            return place
        text_ = f"whether its provider serves {thing.label} from another region when its own is lost is not known"
        fact = self._book.doubt(
            f"paired region of {thing.id}",
            ("serves it", "does not"),
            f"{text_} ({source})",
            "keep a second one in another region, and let what uses it choose",
            location=thing.location,
        )
        return replace(place, regions=tuple((region, (*when, (fact, "does not"))) for region, when in place.regions))

    def _unseen(self, thing: Thing) -> str:
        """Return why what it stands in is not known, where the program names something."""
        placement = thing.entry.placement
        for path in placement.inside if placement else ():
            for end in resolve(self._things, thing, Target(ref=path)) if path != "provider" else ():
                if isinstance(end.to, Loose) and end.to.unseen:
                    return f": {end.to.why}"
        return ""

    def _unknown_region(self, thing: Thing, why: str, shared: str | None = None) -> Place:
        """Return any region, or one that nobody named; what the catalogue does not know may be a global service.

        `shared` tells whose region it is, where several things surely stand in the same one.
        """
        foreign = thing.entry.token in self._things.unknown
        root = thing.id if shared is None or foreign else shared
        values = (*self._regions, ELSEWHERE, *((NO_PLACE,) if foreign or not self._regions else ()))
        remedy = "give its region in the program or the stack's configuration"
        if foreign:
            remedy = f"add a catalogue entry for {thing.entry.token} that says where it stands"
        fact = self._book.doubt(f"region of {root}", values, why, remedy, location=thing.location)
        return Place(regions=tuple((region, ((fact, region),)) for region in values), root=root)

    def _known_regions(self) -> tuple[str, ...]:
        found = {
            region_name(name)
            for thing in self._things.all
            if thing.entry.estate == "cloud" and thing.entry.placement
            for path in thing.entry.placement.region
            if (name := text(thing.value(path))) is not None
        }
        return tuple(sorted(found))


def _same_value(value: Value) -> str | None:
    """Return what is equal for all that take their region from the same place, None where that is not known."""
    if isinstance(value, StackOutput):
        return f"what {value.path} of {value.stack} names"
    return None


def _way(entry: Entry, path: str) -> Target:
    """Return how to find what an input names: by a name too, where the entry finds it so to need or to join it."""
    targets = (*(edge.to for edge in entry.edges), *(join.at for join in entry.joins))
    ways = (way for target in targets if target is not None for way in (target, *target.any_of))
    return next((way for way in ways if way.by == path), Target(ref=path))


def _means_either(thing: Thing) -> bool:
    """Return whether a reference to it may mean another of its units, which may stand elsewhere."""
    units = thing.entry.units
    return units is not None and units.either is not None and thing.value(units.either) is not None


def _rule_for(thing: Thing) -> str:
    """Return the placement rule that would say where the thing stands."""
    key = "provider" if thing.entry.token.startswith(PROVIDER) else "name"
    known = next((name for name in thing.provider_names if name), None) if key == "provider" else None
    return f"- {{match: {{{key}: {thing.natural or known or thing.logical_name}}}, site: SITE}}"
