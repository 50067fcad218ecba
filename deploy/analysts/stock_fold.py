"""Folds omo.inventory.journal.v1 into stock figures, and proves that nothing was ever oversold.

Give `StockFold.add` every valid record's event in the order of its partition (omo_journal.py says
which records are valid). Each check compares the log with itself, never with the service's tables.
"""

import collections
import itertools

BUCKETS = ("on_hand", "reserved", "committed", "damaged", "quality_control", "safety_stock",
           "display", "incoming", "quota")
# Bucket numbers that are figures of their own; AVAILABLE (1) is what is left of on_hand.
RESERVED, COMMITTED, INCOMING = 2, 3, 8
FIGURE_OF = {RESERVED: "reserved", COMMITTED: "committed", 4: "damaged", 5: "quality_control",
             6: "safety_stock", 7: "display", INCOMING: "incoming", 9: "quota"}

# A place that begins with this is a group of locations: units are kept there before it is known at
# which of them.
GROUP_MARK = "@"
LIMITED, UNLIMITED = 2, (3, 4)  # Kinds of backorder: so much more may be promised than there is.

# Of a rejection, by its effect: the state that its units come into. Without one they are available.
TAKEN_BY = {4: "damaged", 5: "display"}


class Violation(Exception):
    """The log breaks its own rules: which, and at which event."""


def available(figures):
    """Available to fulfil: below zero when more is promised or sold than was there."""
    held = ("reserved", "committed", "damaged", "quality_control", "safety_stock", "display",
            "quota")
    return figures["on_hand"] - sum(figures[name] for name in held)


class StockFold:
    """Figures by (sku, location) and open units by reservation, from events alone."""

    def __init__(self):
        self.figures = collections.defaultdict(lambda: dict.fromkeys(BUCKETS, 0))
        self.shortfall = collections.Counter()  # Units that became missing, added up.
        self.open = collections.defaultdict(collections.Counter)  # Id -> (sku, location, bucket).
        self.scale = {}  # Of SKUs that were defined, or have moved.
        # Partition -> id -> LocationGroup: each shard takes a new version in as its own event.
        self.groups = collections.defaultdict(dict)
        self.rules = {}  # (SKU, location, or "" for everywhere) -> StockRules.
        self.levels = {}  # (SKU, channel, watch): what it was told last.
        self.facts = collections.Counter()  # Events by kind.
        self._kits = set()  # SKUs.
        self._reservations = set()  # Ids ever taken.
        self._sales = set()  # (device, sequence, SKU of the first line) ever recorded.
        self._partition_of = {}  # Of SKUs that have moved.
        self._partition = None  # Of the event that is being taken in.
        self._where = ""
        self._missing_before = {}
        self._untold = collections.defaultdict(set)  # Short, and not named yet, by partition.

    def add(self, event, partition, where):
        """Takes in one InventoryEvent of a partition; `where` names it in a Violation. Controls
        change nothing."""
        kind = event.WhichOneof("fact")
        if kind is None:
            return
        self.facts[kind] += 1
        self._partition = partition
        self._where = f"{where} {kind}"
        self._missing_before = {}
        fact = getattr(event, kind)
        self._follow_rules(kind, fact)
        self._move_quotas(getattr(fact, "consequences", ()))
        fold = getattr(self, "_" + kind, None)
        if fold is not None:
            fold(fact)
        elif getattr(fact, "lines", ()):
            self._fail("an event with lines that this fold does not know")
        consequences = getattr(fact, "consequences", ())
        self._check_shortfalls(consequences)
        self._follow_levels(consequences)
        if kind == "stock_releveled" and not fact.HasField("next_sku"):
            self._check_all_is_told()

    def finish(self):
        """Checks what holds at every end: open holds are what the figures say."""
        held = collections.Counter()
        for lines in self.open.values():
            held.update(lines)
        for (sku, location), figures in self.figures.items():
            for bucket in (RESERVED, COMMITTED):
                name, units = FIGURE_OF[bucket], held[sku, location, bucket]
                if figures[name] != units:
                    raise Violation(f"{sku} at {location}: {name} {figures[name]}, "
                                    f"open holds {units}")

    def _fail(self, what):
        raise Violation(f"{self._where}: {what}")

    def _move(self, line, location, after, **changes):
        """Changes figures of one SKU at one place and compares them with the event's own."""
        if self.scale.setdefault(line.sku, 0) != line.scale:
            self._fail(f"{line.sku} is counted with scale {self.scale[line.sku]}")
        if line.sku in self._kits:
            self._fail(f"{line.sku} is a kit, and has figures")
        if self._partition_of.setdefault(line.sku, self._partition) != self._partition:
            self._fail(f"{line.sku} belongs to partition {self._partition_of[line.sku]}")
        figures = self.figures[line.sku, location]
        self._look(line.sku, location)
        for name, change in changes.items():
            figures[name] += change
            if name != "on_hand" and figures[name] < 0:
                self._fail(f"{line.sku} at {location}: {name} {figures[name]}")
        said = {name: getattr(after, name) for name in BUCKETS}
        if said != figures:
            self._fail(f"{line.sku} at {location}: says {said}, adds up to {figures}")

    def _close(self, reservation_id, line, location, bucket, quantity):
        lines = self.open[reservation_id]
        lines[line.sku, location, bucket] -= quantity
        if lines[line.sku, location, bucket] < 0:
            self._fail(f"reservation {reservation_id} gives more than it holds")
        if not lines[line.sku, location, bucket]:
            del lines[line.sku, location, bucket]
        if not lines:
            del self.open[reservation_id]

    def _supply(self, sku, location):
        """How far available may fall below zero by promises: the nearest word holds."""
        for at in (location, ""):
            rules = self.rules.get((sku, at))
            if rules is not None and rules.HasField("backorder"):
                if rules.backorder.kind in UNLIMITED:
                    return float("inf")
                return rules.backorder.limit if rules.backorder.kind == LIMITED else 0
        return 0

    def _members(self, group, seen=None):
        """The locations of a group and of all groups within it."""
        seen = set() if seen is None else seen
        known = self.groups[self._partition].get(group)
        if group in seen or known is None:
            return set()
        seen.add(group)
        return set(known.locations).union(*(self._members(inner, seen) for inner in known.groups))

    def _counts(self, sku, location, group):
        return all(group not in self.rules[sku, at].excluded_from
                   for at in (location, "") if (sku, at) in self.rules)

    def _missing(self, sku, place):
        """What is promised at a place and neither there nor to come: 0 where all can be kept."""
        figures = self.figures[sku, place]
        if not place.startswith(GROUP_MARK):
            return max(0, -available(figures) - self._supply(sku, place))
        promised = {}
        for group in self._groups_promised_at(sku):
            at = self.figures[sku, GROUP_MARK + group]
            promised[group] = at["reserved"] + at["committed"]
        # Groups share members, and lack some together: that is missing at the larger ones.
        groups = sorted(promised, key=lambda group: (len(self._members(group)), group))
        if place[len(GROUP_MARK):] not in groups:
            return 0
        nth = groups.index(place[len(GROUP_MARK):])
        return (self._lack(sku, {group: promised[group] for group in groups[:nth + 1]}) -
                self._lack(sku, {group: promised[group] for group in groups[:nth]}))

    def _groups_promised_at(self, sku):
        """The groups at which units of the SKU are promised, also those that are no more."""
        return [place[len(GROUP_MARK):] for (each, place), figures in self.figures.items()
                if each == sku and place.startswith(GROUP_MARK) and
                figures["reserved"] + figures["committed"] > 0]

    def _lack(self, sku, promised):
        """How many units promised at groups nobody can give: of all choices of groups, the one
        whose promises are most above what its members have (Hall's theorem)."""
        none = dict.fromkeys(BUCKETS, 0)  # Where it never was, supply may still come.
        members = {group: {member for member in self._members(group)
                           if self._counts(sku, member, group)} for group in promised}
        free = {member: max(0, available(self.figures.get((sku, member), none)) +
                            self._supply(sku, member))
                for member in set().union(*members.values())}
        lack = 0
        for count in range(1, len(promised) + 1):
            for chosen in itertools.combinations(promised, count):
                servers = set().union(*(members[group] for group in chosen))
                lack = max(lack, sum(promised[group] for group in chosen) -
                           sum(free[member] for member in servers))
        return lack

    def _look(self, sku, location):
        """Remembers what was missing there before this event, and at the groups that count it."""
        concerned = [location, *(GROUP_MARK + group for group in self.groups[self._partition]
                                 if (sku, GROUP_MARK + group) in self.figures)]
        for place in concerned:
            if (sku, place) not in self._missing_before:
                self._missing_before[sku, place] = self._missing(sku, place)

    def _follow_rules(self, kind, fact):
        """Takes in what rules and the network say from this event on."""
        if kind == "stock_rules_set":
            for sku, place in list(self.figures):
                if sku == fact.sku:
                    self._look(sku, place)
            self.rules[fact.sku, fact.location] = fact.rules
        if kind not in ("network_changed", "network_applied"):
            return
        change = fact.change
        if change.HasField("put_group") or change.HasField("remove_group"):
            for sku, place in list(self.figures):
                if place.startswith(GROUP_MARK) and self._partition_of[sku] == self._partition:
                    self._look(sku, place)
        groups = self.groups[self._partition]
        if change.HasField("put_group"):
            groups[change.put_group.group_id] = change.put_group.group
        if change.HasField("remove_group"):
            groups.pop(change.remove_group.group_id, None)

    def _check_shortfalls(self, consequences):
        """Whatever became missing is named, in full, by the event that made it missing; or it says
        that it left some to others, which name all that is missing."""
        named, total, deferred = collections.Counter(), {}, False
        for consequence in consequences:
            kind = consequence.WhichOneof("kind")
            deferred = deferred or kind == "shortfalls_deferred"
            if kind == "stock_shortfall":
                part = consequence.stock_shortfall
                named[part.sku, part.location] += part.quantity
                total[part.sku, part.location] = part.total
        for place, before in self._missing_before.items():
            missing = self._missing(*place)
            more = max(0, missing - before)
            self.shortfall[place] += more
            if deferred and more and place not in total:
                self._untold[self._partition].add(place)
            elif named.pop(place, 0) != more or total.get(place, missing) != missing:
                self._fail(f"{place[0]} at {place[1]}: {more} units more are missing, "
                           f"{missing} in all, and the event does not say so")
        for place, said in total.items():
            if said != self._missing(*place):
                self._fail(f"names {said} units as missing at {place}")
        self._untold[self._partition].difference_update(total)
        if +named:
            self._fail(f"names a shortfall where it changed nothing: {dict(named)}")

    def _check_all_is_told(self):
        """A sweep that has ended has told of whatever was left to it and is missing still."""
        for place in self._untold.pop(self._partition, ()):
            if self._missing(*place):
                self._fail(f"ends a sweep that did not tell what is missing at {place}")

    def _follow_levels(self, consequences):
        """Each crossing begins where the one before it ended: none is missing, none told twice."""
        for consequence in consequences:
            kind = consequence.WhichOneof("kind")
            if kind not in ("stock_crossed", "stock_leveled"):
                continue
            part = getattr(consequence, kind)
            watch = part.sku, part.channel, part.watch_id
            known = self.levels.get(watch)
            if kind == "stock_crossed":
                begins = getattr(part, "from")
                if known not in (None, begins) or part.to == begins:
                    self._fail(f"{watch} crosses from {begins}, where it was not")
                self.levels[watch] = part.to
            elif part.level:
                if known is not None:
                    self._fail(f"{watch} begins, and had begun before")
                self.levels[watch] = part.level
            else:
                self.levels.pop(watch, None)

    def _move_quotas(self, consequences):
        """What quotas give and take stands before the event's own lines."""
        for consequence in consequences:
            if consequence.WhichOneof("kind") == "quota_changed":
                part = consequence.quota_changed
                self._move(part, part.location, part.after, quota=part.quantity)

    # One method a fact; its name is the field's in InventoryEvent.

    def _stock_received(self, fact):
        for line in fact.lines:
            changes = {"on_hand": line.quantity, "incoming": -line.from_incoming}
            if line.bucket in FIGURE_OF:
                changes[FIGURE_OF[line.bucket]] = line.quantity
            self._move(line, line.location, line.after, **changes)

    def _stock_adjusted(self, fact):
        line, changes = fact.line, {}
        if fact.bucket != INCOMING:
            changes["on_hand"] = line.quantity
        if fact.bucket in FIGURE_OF:
            changes[FIGURE_OF[fact.bucket]] = line.quantity
        self._move(line, line.location, line.after, **changes)

    def _stock_state_moved(self, fact):
        changes = {}
        source, target = getattr(fact, "from"), fact.to
        if source in FIGURE_OF:
            changes[FIGURE_OF[source]] = -fact.line.quantity
        if target in FIGURE_OF:
            changes[FIGURE_OF[target]] = fact.line.quantity
        self._move(fact.line, fact.line.location, fact.line.after, **changes)

    def _stock_reserved(self, fact):
        if fact.reservation_id in self._reservations:
            self._fail(f"reservation {fact.reservation_id} was taken before")
        self._reservations.add(fact.reservation_id)
        for line in fact.lines:
            self._move(line, line.location, line.after, reserved=line.quantity)
            if line.quantity:
                self.open[fact.reservation_id][line.sku, line.location, RESERVED] += line.quantity
        left = collections.Counter()
        for line in fact.lines:
            left[line.sku, line.location] += line.quantity
        for kit in fact.kits:
            for part in kit.components:
                left[part.sku, kit.location] -= kit.quantity * part.quantity
        if any(units < 0 for units in left.values()):
            self._fail("a kit is kept without some of its components")

    def _reservation_committed(self, fact):
        for line in fact.lines:
            self._move(line, line.location, line.after, reserved=-line.quantity,
                       committed=line.quantity)
            self.open[fact.reservation_id][line.sku, line.location, COMMITTED] += line.quantity
            self._close(fact.reservation_id, line, line.location, RESERVED, line.quantity)

    def _reservation_fulfilled(self, fact):
        for line in fact.lines:
            own = line.quantity - line.over
            self._move(line, line.location, line.after, on_hand=-line.quantity, committed=-own)
            if own:
                self._close(fact.reservation_id, line, line.location, COMMITTED, own)

    def _reservation_released(self, fact):
        self._reservations.add(fact.reservation_id)  # Cancelled before it was taken: never free.
        for line in fact.lines:
            bucket = getattr(fact, "from")
            self._move(line, line.location, line.after, **{FIGURE_OF[bucket]: -line.quantity})
            self._close(fact.reservation_id, line, line.location, bucket, line.quantity)

    def _reservation_transferred(self, fact):
        for line in fact.lines:
            self._move(line, line.from_location, line.from_after, committed=-line.quantity)
            self._move(line, line.to_location, line.to_after, committed=line.quantity)
            self.open[fact.reservation_id][line.sku, line.to_location, COMMITTED] += line.quantity
            self._close(fact.reservation_id, line, line.from_location, COMMITTED, line.quantity)

    def _reservation_expired(self, fact):
        for line in fact.lines:
            self._move(line, line.location, line.after, reserved=-line.quantity)
            self._close(fact.reservation_id, line, line.location, RESERVED, line.quantity)

    def _reservation_marked_short(self, fact):
        for line in fact.lines:
            self._move(line, line.location, line.after)

    def _reservation_rejected(self, fact):
        for line in fact.lines:
            for freed in line.freed:
                leaving = {FIGURE_OF[freed.bucket]: -freed.quantity}
                self._move(line, line.location, freed.after, **leaving)
            changes = {"on_hand": line.on_hand, "committed": -line.quantity}
            if line.effect in TAKEN_BY:
                changes[TAKEN_BY[line.effect]] = line.quantity
            self._move(line, line.location, line.after, **changes)
            self._close(fact.reservation_id, line, line.location, COMMITTED, line.quantity)

    def _sale_recorded(self, fact):
        sale = (fact.device, fact.sequence, fact.lines[0].sku)
        if sale in self._sales:
            self._fail(f"sale {fact.sequence} of {fact.device} was recorded before")
        self._sales.add(sale)
        for line in fact.lines:
            # Told late: an upload as of later had it already.
            units = 0 if line.already_counted else line.quantity
            self._move(line, line.location, line.after, on_hand=-units)

    def _stock_uploaded(self, fact):
        applied = type(fact.records[0]).DESCRIPTOR.fields_by_name["outcome"].enum_type \
            .values_by_name["UPLOAD_OUTCOME_APPLIED"].number
        for record in fact.records:
            if record.outcome == applied:
                self._move(record, record.location, record.after, on_hand=record.quantity)
            elif record.quantity:
                self._fail(f"record {record.record_id} is not applied, and changes a figure")

    def _quota_set(self, fact):
        self._move(fact, fact.location, fact.after, quota=fact.quantity)

    def _unit_defined(self, fact):
        if fact.sku in self._partition_of and self.scale[fact.sku] != fact.scale:
            self._fail(f"{fact.sku} changes its scale after it has moved")
        self.scale[fact.sku] = fact.scale

    def _kit_defined(self, fact):
        if not fact.components:
            self._kits.discard(fact.sku)
            return
        if fact.sku in self._partition_of:
            self._fail(f"{fact.sku} has moved, and becomes a kit")
        self._kits.add(fact.sku)
