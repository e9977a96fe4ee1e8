"""The estate drawn as people draw it: sites side by side, perimeter in front, and what crosses them.

Positions are in pixels of an SVG picture. A failure domain that crosses sites is a lane through them, in a colour and
a pattern of its own and with a letter; what belongs to it bears the letter.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from resilience_checks.report.html.fitting import fitted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from resilience_checks.report.html.estates import Estate

    Data = Mapping[str, Any]

TIERS = ("perimeter", "steering", "network", "compute", "data", "other")
"""From the front to the back of a site."""
NOWHERE = ""
"""The column of what stands at no one site."""
SITES, LANES, COLOURS = 12, 8, 8
_SINGLE = 4
"""Components of a tier that are drawn one by one; of more, those of a role are drawn together."""
_LEFT, _COLUMN, _GAP, _INSET = 84, 230, 32, 10
_HEAD, _NODE, _SPACE, _LANE = 56, 38, 10, 36
_CONSUMERS, _TOP, _SWATCH = 40, 10, 56
_TAGS = 4


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with a name, and below it what it is; `cuts` are the weakest cuts that it belongs to."""

    x: int
    y: int
    width: int
    height: int
    name: str = ""
    note: str = ""
    full: str = ""
    cuts: tuple[int, ...] = ()
    lanes: tuple[int, ...] = ()
    more: int = 0
    """Lanes that it belongs to as well, without room for their letters."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A failure domain that crosses sites: a box in each column, and lines from one to the next."""

    number: int
    letter: str
    name: str
    boxes: tuple[Box, ...]
    links: tuple[tuple[int, int, int], ...]
    """From x, to x, y."""
    members: int
    lost: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A service that can be selected, and its weakest cut: its number, and its faults in words."""

    service: str
    number: int
    cut: int | None
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """One drawn estate."""

    number: int
    stacks: tuple[str, ...]
    width: int
    height: int
    consumers: Box | None
    arrows: tuple[tuple[int, int, int], ...]
    """x, from y, to y."""
    sites: tuple[Box, ...]
    bands: tuple[tuple[str, int], ...]
    """Each tier that anything stands in, and the middle of its band."""
    nodes: tuple[Box, ...]
    lanes: tuple[Lane, ...]
    undrawn_lanes: tuple[str, ...]
    undrawn_sites: tuple[str, ...]
    choices: tuple[Choice, ...]
    words: tuple[tuple[str, str, tuple[str, ...]], ...]
    """The picture in words: site, tier, components."""

    @property
    def cuts(self) -> dict[int, list[int]]:
        """The services of each weakest cut, by number."""
        found: dict[int, list[int]] = defaultdict(list)
        for choice in self.choices:
            if choice.cut is not None:
                found[choice.cut].append(choice.number)
        return found


def picture(estate: Estate, numbers: Mapping[str, int]) -> Picture | None:
    """Return the picture of an estate, None where none was collected; `numbers` are the places of the services."""
    return _Drawing(estate).drawn(numbers) if estate.picture.get("components") else None


@dataclass
class _Drawing:
    """An estate on its way to its picture."""

    estate: Estate
    cut_of: dict[tuple[str, ...], int] = field(default_factory=dict)
    cuts_of_domain: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    cuts_of_component: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    lanes_of: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def drawn(self, numbers: Mapping[str, int]) -> Picture:
        """Lay out all parts, from top to bottom."""
        data = self.estate.picture
        choices = tuple(self._choices(numbers))
        columns = self._columns()
        crossing = self._crossing({site for site, _ in columns} - {NOWHERE})
        shown = crossing[:LANES]
        for number, domain in enumerate(shown):
            for component in domain["components"]:
                self.lanes_of[component].append(number)
        cells = self._cells()
        consumers = self._consumers(len(columns))
        top = _TOP + (_CONSUMERS + 30 if consumers else 0)
        nodes, bands, lanes, bottom = self._rows(columns, cells, shown, top + _HEAD)
        sites = tuple(self._site(column, site, top, bottom - top) for column, (site, _) in enumerate(columns))
        front = {node.x for node in nodes if bands and node.y < bands[0][1] + _NODE}
        arrows = tuple((box.x + box.width // 2, _TOP + _CONSUMERS, top) for box in sites if box.x + _INSET in front)
        return Picture(
            self.estate.number,
            self.estate.stacks,
            _LEFT + len(columns) * (_COLUMN + _GAP) - _GAP + _INSET,
            bottom + _INSET,
            consumers,
            arrows if consumers else (),
            sites,
            tuple(bands),
            tuple(nodes),
            tuple(lanes),
            tuple(_domain_name(domain) for domain in crossing[LANES:]),
            tuple(site["name"] for site in data["sites"] if site["id"] not in dict(columns)),
            choices,
            tuple(
                (dict(self._named_sites()).get(site, site), tier, tuple(each["name"] for each in cells[site, tier]))
                for site, tier in sorted(cells, key=lambda cell: (cell[0] == NOWHERE, cell[0], TIERS.index(cell[1])))
            ),
        )

    def _choices(self, numbers: Mapping[str, int]) -> Iterable[Choice]:
        """Yield the services, and take note of what belongs to the weakest cut of each."""
        domains = {domain["id"]: domain for domain in self.estate.picture["domains"]}
        for service in self.estate.picture["services"]:
            events = tuple(service["weakest"])
            cut = self.cut_of.setdefault(events, len(self.cut_of)) if events else None
            for event in events:
                name = event.rpartition("/")[0]
                self.cuts_of_domain[name].add(self.cut_of[events])
                for component in domains[name]["components"] if name in domains else (name,):
                    self.cuts_of_component[component].add(self.cut_of[events])
            yield Choice(service["id"], numbers[service["id"]], cut, tuple(self.estate.event(each) for each in events))

    def _named_sites(self) -> list[tuple[str, str]]:
        return [*((site["id"], site["name"]) for site in self.estate.picture["sites"]), (NOWHERE, "At no one site")]

    def _columns(self) -> list[tuple[str, str]]:
        """Return the sites that are drawn, those with the most components where they are too many, and no site."""
        held: dict[str, int] = defaultdict(int)
        for component in self.estate.picture["components"]:
            held[component["site"] or NOWHERE] += 1
        named = self._named_sites()
        widest = sorted((site for site, _ in named if site), key=lambda site: -held[site])[:SITES]
        return [(site, name) for site, name in named if site in widest or (site == NOWHERE and held[NOWHERE])]

    def _crossing(self, sites: set[str]) -> list[Data]:
        """Return the domains that cross sites: those of weakest cuts first, then by how many services they lose."""
        lost: dict[str, int] = defaultdict(int)
        for fault in self.estate.faults:
            lost[fault["domain"]] = max(lost[fault["domain"]], len(fault["lost"]))
        found = [each for each in self.estate.picture["domains"] if len(sites & set(each["sites"])) > 1]
        return sorted(
            found,
            key=lambda each: (
                not self.cuts_of_domain.get(each["id"]),
                -lost[each["id"]],
                -len(each["components"]),
                each["id"],
            ),
        )

    def _cells(self) -> dict[tuple[str, str], list[Data]]:
        cells: dict[tuple[str, str], list[Data]] = defaultdict(list)
        for component in self.estate.picture["components"]:
            tier = component["tier"] if component["tier"] in TIERS else TIERS[-1]
            cells[component["site"] or NOWHERE, tier].append(component)
        return cells

    def _consumers(self, columns: int) -> Box | None:
        named = sorted({name for service in self.estate.picture["services"] for name in service["consumers"]})
        if not named:
            return None
        width = columns * (_COLUMN + _GAP) - _GAP
        name = fitted(f"Consumers: {', '.join(named)}", width - 2 * _INSET)
        return Box(_LEFT, _TOP, width, _CONSUMERS, name, full=", ".join(named))

    def _rows(
        self,
        columns: Sequence[tuple[str, str]],
        cells: Mapping[tuple[str, str], Sequence[Data]],
        crossing: Sequence[Data],
        y: int,
    ) -> tuple[list[Box], list[tuple[str, int]], list[Lane], int]:
        """Return nodes, bands and lanes, tier by tier, and where the last ends; a lane stands below its front tier."""
        tier_of = {each["id"]: each["tier"] for each in self.estate.picture["components"]}
        fronts = [self._front(domain, tier_of) for domain in crossing]
        nodes: list[Box] = []
        bands: list[tuple[str, int]] = []
        lanes: list[Lane] = []
        for tier in TIERS:
            drawn = [self._nodes(column, cells.get((site, tier), ()), y) for column, (site, _) in enumerate(columns)]
            most = max(len(boxes) for boxes in drawn)
            if most:
                height = most * (_NODE + _SPACE)
                bands.append((tier, y + height // 2))
                nodes += [box for boxes in drawn for box in boxes]
                y += height
            for number, domain in enumerate(crossing):
                if fronts[number] == tier:
                    lanes.append(self._lane(number, domain, columns, y))
                    y += _LANE + _SPACE
            y += 2 * _SPACE if most else 0
        return nodes, bands, lanes, y

    def _front(self, domain: Data, tier_of: Mapping[str, str]) -> str:
        """Return the tier below which a domain is drawn: the first that it has a part in."""
        found = {tier_of.get(component, TIERS[-1]) for component in domain["components"]}
        return next((tier for tier in TIERS if tier in found), TIERS[-1])

    def _nodes(self, column: int, components: Sequence[Data], y: int) -> list[Box]:
        groups = [[each] for each in components] if len(components) <= _SINGLE else _by_role(components)
        return [
            self._node(group, _x(column) + _INSET, y + number * (_NODE + _SPACE)) for number, group in enumerate(groups)
        ]

    def _node(self, group: Sequence[Data], x: int, y: int) -> Box:
        names = [each["name"] for each in group]
        role = group[0]["role"].replace("-", " ")
        lanes = sorted({lane for each in group for lane in self.lanes_of[each["id"]]})
        shown = lanes[:_TAGS]
        room = _COLUMN - 2 * _INSET - 16 - 20 * len(shown) - (18 if len(lanes) > _TAGS else 0)
        one = len(group) == 1
        return Box(
            x,
            y,
            _COLUMN - 2 * _INSET,
            _NODE,
            fitted(names[0].removeprefix(f"{role} ") if one else f"{len(group)} \N{MULTIPLICATION SIGN} {role}", room),
            fitted(role if one else ", ".join(names), room),
            ", ".join(names),
            tuple(sorted({cut for each in group for cut in self.cuts_of_component.get(each["id"], ())})),
            tuple(shown),
            len(lanes) - len(shown),
        )

    def _lane(self, number: int, domain: Data, columns: Sequence[tuple[str, str]], y: int) -> Lane:
        inside = [column for column, (site, _) in enumerate(columns) if site in domain["sites"]]
        name, cuts = _domain_name(domain), tuple(sorted(self.cuts_of_domain.get(domain["id"], ())))
        kind, width = domain["kind"].replace("-", " "), _COLUMN - 2 * _INSET
        room = width - _SWATCH
        shown, below = fitted(name.removeprefix(f"{kind} "), room), fitted(kind, room)
        boxes = tuple(Box(_x(column) + _INSET, y, width, _LANE, shown, below, name, cuts) for column in inside)
        pairs = pairwise(boxes)
        return Lane(
            number,
            chr(ord("A") + number),
            name,
            boxes,
            tuple((one.x + one.width, other.x, y + _LANE // 2) for one, other in pairs),
            len(domain["components"]),
            tuple(
                dict.fromkeys(
                    name for each in self.estate.faults if each["domain"] == domain["id"] for name in each["lost"]
                )
            ),
        )

    def _site(self, column: int, site: str, y: int, height: int) -> Box:
        known = {each["id"]: each for each in self.estate.picture["sites"]}
        data = known.get(site)
        name = data["name"] if data else "At no one site"
        note = ", ".join(
            [data["kind"].replace("-", " "), *([f"region {data['region']}"] if data["region"] else [])] if data else []
        )
        cuts = tuple(sorted(self.cuts_of_domain.get(f"site:{site}", ()))) if data else ()
        room = _COLUMN - 2 * _INSET
        return Box(_x(column), y, _COLUMN, height, fitted(name, room, 15), fitted(note, room), name, cuts)


def _x(column: int) -> int:
    return _LEFT + column * (_COLUMN + _GAP)


def _by_role(components: Sequence[Data]) -> list[list[Data]]:
    roles: dict[str, list[Data]] = defaultdict(list)
    for component in components:
        roles[component["role"]].append(component)
    return list(roles.values())


def _domain_name(domain: Data) -> str:
    kind = str(domain["kind"]).replace("-", " ")
    return f"{kind} {str(domain['name']).removeprefix(f'{kind} ')}"
