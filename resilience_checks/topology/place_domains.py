"""Places as failure domains: region, campus, building, site, room, rack and host, and the hazards of sites.

Places enclose transitively: what stands in a rack stands in its room, site, building, campus and region. A place that
nobody named is possibly any of those that are known, or one of its own that others may share (SEMANTICS, section 3).
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from resilience_checks.model.question import Step
from resilience_checks.topology.enclosures import INSIDE
from resilience_checks.topology.estate import Condition, Member
from resilience_checks.topology.places import ELSEWHERE, NO_PLACE
from resilience_checks.topology.region_spelling import RegionSpelling
from resilience_checks.topology.zone_names import naming, region_of, regions_at, zone_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from resilience_checks.topology.declared import Declarations, Site
    from resilience_checks.topology.drafts import Draft, Drafts
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts

_MANY = 10_000
"""Memberships of doubtful places beyond which they are kept once instead of once for each place."""
_REGIONAL = ("flood", "grid", "fibre", "fiber")
"""Hazards that a region bounds: it is what one of these can take."""


class PlaceDomains:
    """Draws a failure domain for every place, and for every hazard that sites name."""

    def __init__(self, drafts: Drafts, parts: Parts, declarations: Declarations, book: FactBook) -> None:
        """Index the parts by their site."""
        self._drafts, self._parts, self._book = drafts, parts, book
        self._spelling = RegionSpelling(parts.places.values(), declarations)
        self._declared = self._spelling.sites(declarations)
        self._at: dict[str, list[Member]] = defaultdict(list)
        for part, place in parts.places.items():
            for site, when in place.sites:
                self._at[site].append(Member(part, when))
        self._hosts = {
            f"{parts.places[part].sure_site}/{parts.things[part].natural}": parts.own_key(part)
            for part, fault in parts.faults.items()
            if fault == "host" and part in parts.things
        }

    def draw(self) -> None:
        """Draw them all."""
        self._sites()
        self._regions()
        self._zones()
        for kind in ("building", "campus"):
            self._grounds(kind)
        self._hazards()
        self._inside()

    def _sites(self) -> None:
        for part, place in self._parts.places.items():
            for site, when in place.sites:
                self._stands(part, "site", site, when, place.root)
        for declared in self._declared.sites.values():
            draft = self._drafts.all.get(f"site:{declared.id}")
            if draft is not None:
                draft.joined = [(Step(f"site {declared.id}", declared.location), None)]
        self._doubtful_neighbours("site", self._unknown("site"))

    def _stands(self, part: str, kind: str, place: str, when: Condition, root: str | None) -> None:
        if place == NO_PLACE:
            return
        if place == ELSEWHERE:
            draft = self._drafts.get(kind, f"unknown place of {root}", f"of {root} (not known)")
            draft.exists = when
        else:
            draft = self._drafts.get(kind, place, place)
        self._join(draft, part, when)

    def _join(self, draft: Draft, part: str, when: Condition) -> None:
        draft.members[Member(part, when)] = None
        if when:
            return
        if part in self._parts.faults:
            draft.encloses[self._parts.own_domain(part)] = None
        found = self._parts.all[part]
        if found.location is not None and not self._parts.stands_with_its_whole(part):
            step = Step(f"{found.label} stands there", found.location)
            draft.join(step, found.urn, ahead=found.role == "backup")

    def _unknown(self, kind: str) -> list[Draft]:
        return [draft for draft in self._drafts.all.values() if draft.exists and draft.kind == kind]

    def _doubtful_neighbours(self, kind: str, unknown: list[Draft], where: str = "", remedy: str = "") -> None:
        """Parts whose places are all unknown may stand together: each such place may hit the others as well.

        Where they are many, one further place that exists only then hits them all: it loses what each would lose.
        """
        if len(unknown) <= 1:
            return
        plural = f"{kind}es" if kind.endswith("s") else f"{kind}s"
        why = f"{len(unknown)} {plural}{where} are not known, and may be one"
        remedy = remedy or f"declare each {kind} in resilience.yaml"
        fact = self._book.doubt(f"unknown {plural}{where} are one", ("no", "yes"), why, remedy)
        everyone = [member for draft in unknown for member in draft.members if member.when or kind == "zone"]
        if len(unknown) * len(everyone) > _MANY:
            name = f"the {plural}{where} that are not known, if one"
            one = self._drafts.get(kind, f"unknown places that are one{where}", name)
            one.exists, one.implied = ((fact, "yes"),), unknown[0].implied
            under = {when: (*when, *one.exists) for when in {member.when for member in everyone}}
            one.members = {Member(member.part, under[member.when]): None for member in everyone}
            return
        for draft in unknown:
            own = set(draft.members)
            for member in everyone:
                if member not in own:
                    draft.members[Member(member.part, (*member.when, (fact, "yes")))] = None

    def _regions(self) -> None:
        sites = self._declared.sites
        known = tuple(sorted({site.region for site in sites.values() if site.region is not None}))
        for part, place in self._parts.places.items():
            for region, when in place.regions:
                self._stands(part, "region", self._spelling.of(region), when, place.root)
            for name, when in place.sites:
                site = sites.get(name)
                if site is None:
                    self._stands(part, "region", ELSEWHERE, when, place.root)
                elif site.region is not None:
                    self._stands(part, "region", site.region, when, place.root)
                else:
                    self._in_unknown_region(part, site.id, when, known)
        for site in sites.values():
            draft = self._drafts.all.get(f"region:{site.region}")
            if draft is not None and f"site:{site.id}" in self._drafts.all:
                self._encloses_site(draft, site, "region")
        self._doubtful_neighbours("region", self._unknown("region"))

    def _encloses_site(self, draft: Draft, site: Site, key: str) -> None:
        draft.encloses[f"site:{site.id}"] = None
        draft.join(Step(f"site {site.id} is in {draft.name}", site.at.get(key, site.location)))

    def _in_unknown_region(self, part: str, site: str, when: Condition, known: tuple[str, ...]) -> None:
        declared = self._declared.sites[site]
        values = declared.regions or ((*known, ELSEWHERE) if known else (ELSEWHERE, NO_PLACE))
        why = f"the region of site {site} is not declared"
        if declared.regions:
            why = f"the region of site {site} is declared as {' and as '.join(declared.regions)}"
        fact = self._book.doubt(
            f"region of site {site}", values, why, f"declare `region` of {site}", location=declared.location
        )
        for value in values:
            self._stands(part, "region", value, (*when, (fact, value)), f"site {site}")

    def _zones(self) -> None:
        """Draw the zones of a provider's regions; a zone that the provider chose may be that of others there."""
        chosen: dict[tuple[str, ...], list[Draft]] = defaultdict(list)
        for part, place in self._parts.places.items():
            for zone, when in place.zones:
                if zone != ELSEWHERE:
                    self._stands(part, "zone", zone_key(zone, place.root), when, part)
                    continue
                draft = self._drafts.get("zone", f"of {part}", f"in which {self._parts.all[part].label} stands")
                draft.exists, draft.implied = when, True
                self._join(draft, part, when)
                chosen[tuple(region for region, _ in regions_at(place, self._declared.sites))].append(draft)
        alike: dict[str, list[Draft]] = defaultdict(list)
        for key, draft in self._drafts.all.items():
            where, _, name = key.removeprefix("zone:").partition("/")
            if draft.kind != "zone" or draft.implied:
                continue
            region = self._drafts.all.get(f"region:{self._spelling.of(where)}")
            if region is not None:
                region.encloses[key] = None
            if where.startswith(ELSEWHERE):
                draft.name = f"{name}{where.removeprefix(ELSEWHERE)} (its region is not known)"
                alike[name].append(draft)
        for name, drafts in alike.items():
            remedy = "give their regions in the program or in its configuration"
            self._doubtful_neighbours("zone", drafts, f" called {name}", remedy)
        self._named_differently()
        for regions, drafts in chosen.items():
            where, remedy = f" of region {' or '.join(regions)}", "name zones in the program, or spread over several"
            self._beside_named(regions, drafts, where, remedy)
            self._doubtful_neighbours("zone", drafts, where, remedy)

    def _named_differently(self) -> None:
        """Draw the cases in which zones that are told by a name, an id or a place in a lookup's answer are one.

        No two of one naming are; of two namings nobody knows.
        """
        namings: dict[str, dict[str, list[Draft]]] = defaultdict(lambda: defaultdict(list))
        for key, draft in self._drafts.all.items():
            region, _, name = key.removeprefix("zone:").partition("/")
            if draft.kind == "zone" and not draft.implied and name and not name.isdigit():
                namings[region][naming(name)].append(draft)
        for region, found in namings.items():
            pairs = [
                (one, other)
                for (_, some), (_, others) in combinations(sorted(found.items()), 2)
                for one in some
                for other in others
            ]
            if pairs and len(pairs) <= _MANY:
                self._perhaps_one_zone(region, pairs)

    def _perhaps_one_zone(self, region: str, pairs: list[tuple[Draft, Draft]]) -> None:
        names = {f"{one.name} is {other.name}": (one, other) for one, other in pairs}
        why = f"which zones of region {region} are one is not known: they are told by names, by ids, or by places in an answer"
        remedy = "give the answers of lookups with --lookups, and tell all zones in one way"
        fact = self._book.doubt(f"zones of {region} that are one", ("none", *names), why, remedy)
        for name, (one, other) in names.items():
            both = self._drafts.get("zone", f"{region}: {name}", name)
            both.exists, both.implied = ((fact, name),), True
            both.members = {
                Member(member.part, (*member.when, (fact, name))): None for member in (*one.members, *other.members)
            }

    def _beside_named(self, regions: tuple[str, ...], drafts: Iterable[Draft], where: str, remedy: str) -> None:
        """Draw for each zone that is named there the case that it is the one that the provider chose."""
        named = {
            key: draft
            for key, draft in self._drafts.all.items()
            if draft.kind == "zone" and not draft.implied and region_of(key) in regions
        }
        if not named:
            return
        why = f"whether the zones{where} that the provider chose are among those with names is not known"
        fact = self._book.doubt(f"chosen zones{where}", (*named, ELSEWHERE), why, remedy)
        chosen = [member for draft in drafts for member in draft.members]
        for key, draft in named.items():
            if_one = self._drafts.get("zone", f"{draft.name}, if chosen", f"{draft.name}, if the provider chose it")
            if_one.exists, if_one.implied = ((fact, key),), True
            for member in (*draft.members, *chosen):
                if_one.members[Member(member.part, (*member.when, (fact, key)))] = None

    # Buildings and campuses.

    def _grounds(self, kind: str) -> None:
        """Draw what sites stand in; a site that names none stands in one that only such sites of its region share."""
        unnamed: dict[str, list[Draft]] = defaultdict(list)
        regions = {site.region for site in self._declared.sites.values()}
        for site in self._declared.sites.values():
            name = getattr(site, kind)
            if not self._at[site.id]:
                continue
            if name is not None:
                draft = self._drafts.get(kind, name, name)
                self._take_in(draft, site, kind)
            else:
                draft = self._unnamed_ground(kind, site)
                for region in regions if site.region is None else [site.region]:
                    unnamed[str(region)].append(draft)
        for region, drafts in unnamed.items():
            self._doubtful_neighbours(kind, drafts, f" of region {region}")

    def _take_in(self, draft: Draft, site: Site, key: str) -> None:
        """Let the parts of a site join, and the building that is wholly on a campus."""
        draft.members.update(dict.fromkeys(self._at[site.id]))
        self._encloses_site(draft, site, key)
        if key == "campus" and site.building is not None:
            within = {other.campus for other in self._declared.sites.values() if other.building == site.building}
            if within == {site.campus}:
                draft.encloses[f"building:{site.building}"] = None

    def _unnamed_ground(self, kind: str, site: Site) -> Draft:
        draft = self._drafts.get(kind, f"unknown, of site {site.id}", f"of site {site.id} (not known)")
        why = f"the {kind} of site {site.id} is not declared"
        fact = self._book.doubt(
            f"{kind} of site {site.id}",
            (ELSEWHERE, NO_PLACE),
            why,
            f"declare `{kind}` of {site.id}",
            location=site.location,
        )
        draft.exists, draft.implied = ((fact, ELSEWHERE),), True
        draft.members = {Member(member.part, (*member.when, *draft.exists)): None for member in self._at[site.id]}
        draft.join(Step(f"site {site.id}", site.location))
        return draft

    # Hazards.

    def _hazards(self) -> None:
        """Draw each hazard once for each region whose sites name it; across regions it may be the same event."""
        named: dict[str, dict[str, list[Site]]] = defaultdict(lambda: defaultdict(list))
        for site in self._declared.sites.values():
            for hazard in dict.fromkeys(site.hazards):
                where = f"region {site.region}" if site.region is not None else f"site {site.id}"
                named[hazard][where].append(site)
        for hazard, places in named.items():
            drafts = [self._hazard(hazard, where, sites, alone=len(places) == 1) for where, sites in places.items()]
            bounded = hazard.lower().startswith(_REGIONAL) and all(where.startswith("region") for where in places)
            if len(drafts) > 1 and not bounded:
                self._perhaps_one(hazard, drafts)

    def _hazard(self, hazard: str, where: str, sites: list[Site], *, alone: bool) -> Draft:
        key = hazard if alone else f"{hazard} in {where.partition(' ')[2]}"
        draft = self._drafts.get("hazard", key, key)
        for site in sites:
            draft.members.update(dict.fromkeys(self._at[site.id]))
            draft.encloses[f"site:{site.id}"] = None
            draft.join(Step(f"site {site.id} names the hazard {hazard}", site.at.get("hazards", site.location)))
        region = self._drafts.all.get(f"region:{sites[0].region}")
        if region is not None and sites[0].region is not None:
            region.encloses[f"hazard:{key}"] = None
        return draft

    def _perhaps_one(self, hazard: str, drafts: list[Draft]) -> None:
        why = f"whether the hazard {hazard} is one event in {' and in '.join(draft.name for draft in drafts)} is not known"
        remedy = "name hazards apart that are not one event, or declare a failure domain with all of these sites"
        location = drafts[0].joined[0][0].location
        fact = self._book.doubt(f"hazard {hazard} is one", ("no", "yes"), why, remedy, location=location)
        own = [list(draft.members) for draft in drafts]
        for draft in drafts:
            for member in (member for members in own for member in members):
                if member not in draft.members:
                    draft.members[Member(member.part, (*member.when, (fact, "yes")))] = None

    # Rooms, racks and hosts.

    def _inside(self) -> None:
        within: dict[str, dict[str, set[str]]] = {kind: defaultdict(set) for kind in INSIDE}
        for part, place in self._parts.places.items():
            for spot in place.within:
                draft = self._drafts.get(spot.kind, self._key(spot.kind, spot.key), spot.name)
                self._join(draft, part, spot.when)
                within[spot.kind][spot.site].add(part)
                for kind, key in spot.around:
                    outer = self._drafts.get(kind, self._key(kind, key), key)
                    outer.encloses[f"{spot.kind}:{self._key(spot.kind, spot.key)}"] = None
                    host = self._hosts.get(spot.key) if spot.kind == "host" else None
                    if host is not None:  # it stands where what is declared to run on it does, with all that runs on it
                        self._join(outer, host, spot.when)
                        within[kind][spot.site].add(host)
        for kind in INSIDE:
            for site in self._declared.sites:
                self._undeclared(kind, site, within[kind][site])

    def _key(self, kind: str, key: str) -> str:
        """Return the key of a place in a site; a host that the program shows is known by its part."""
        return self._hosts.get(key, key) if kind == "host" else key

    def _undeclared(self, kind: str, site: str, declared: set[str]) -> None:
        """Let what stands in no declared place of the kind stand in one of those, or all in one that nobody named."""
        rest = [member for member in self._at[site] if member.part not in declared and self._stands_in(member, kind)]
        if not rest:
            return
        why = f"in which {kind} of {site} {len(rest)} parts stand is not declared"
        remedy = f"declare `{kind}` in the placement rules of {site}"
        location = self._declared.sites[site].location
        fact = self._book.doubt(f"undeclared {kind}s of {site}", ("apart", "one"), why, remedy, location=location)
        when = ((fact, "one"),)
        for key, held in self._may_hold(kind, site, len(rest)):
            draft = self._drafts.get(kind, key, f"of {site} that is not declared")
            draft.exists, draft.implied = when, True
            members = dict.fromkeys(Member(member.part, (*member.when, *when)) for member in (*held, *rest))
            draft.members.update(members)
            draft.join(Step(f"site {site}", location))

    def _stands_in(self, member: Member, kind: str) -> bool:
        """Return whether the part is something that can stand in a place of the kind: a host stands in no other."""
        fault = self._parts.faults.get(member.part)
        return fault is not None and fault != "link" and not (kind == "host" and fault in {"host", "cluster"})

    def _may_hold(self, kind: str, site: str, count: int) -> Iterable[tuple[str, Iterable[Member]]]:
        """Yield a key and the declared parts of each place that may hold the undeclared ones as well."""
        drafts: Iterator[tuple[str, Draft]] = (
            (key, draft)
            for key, draft in list(self._drafts.all.items())
            if draft.kind == kind and not draft.implied and key.startswith(f"{kind}:{site}/")
        )
        found = [(f"{key.partition(':')[2]}, with what is not declared", draft.members) for key, draft in drafts]
        if not found or len(found) * count > _MANY:
            return [(f"undeclared, of {site}", self._at[site] if found else ())]
        return found
