"""A journal of one partition, written by hand: each event's `after` as a true owner says it."""

import fold_topic
import omo_journal
import stock_fold

NewEvent = fold_topic.event_type()
SKU, STORE = "101", "store-330"
NONCE = 77


class SmallLog:
    """Appends events as an owner would. `figures` are what the last event says is there."""

    def __init__(self):
        self.records = []
        self.figures = dict.fromkeys(stock_fold.BUCKETS, 0)
        self.append(omo_journal.CLAIM, b"", "", seq=0)

    def append(self, type_name, value, command, seq=None, term=1, nonce=NONCE):
        """A record behind the last valid one; another `seq` or `term` makes it void."""
        previous = self.records[-1].checksum() if self.records else 0
        if seq is None:
            seq = 1 + max(record.fence.seq for record in self.records)
        fence = omo_journal.Fence(term, nonce, seq, 0, previous)
        self.records.append(omo_journal.Record(0, len(self.records), fence, type_name, command,
                                               SKU.encode(), value, 1000 + len(self.records)))

    def event(self, kind, **changes):
        """An event of one line of `quantity` whose line says the figures behind `changes`."""
        for name, change in changes.items():
            self.figures[name] += change
        event = NewEvent()
        event.envelope.caller = "replay"
        fact = getattr(event, kind)
        line = fact.lines.add(sku=SKU, location=STORE,
                              quantity=max(abs(change) for change in changes.values()))
        for name, value in self.figures.items():
            setattr(line.after, name, value)
        return event, fact, line

    def put(self, event, command, **place):
        kind = event.WhichOneof("fact")
        message = event.DESCRIPTOR.fields_by_name[kind].message_type
        self.append(message.full_name, event.SerializeToString(), command, **place)

    def receive(self, quantity, command):
        self.put(self.event("stock_received", on_hand=quantity)[0], command)

    def sell(self, quantity, command, missing=0, total=0, sequence=0, **place):
        event, fact, _ = self.event("sale_recorded", on_hand=-quantity)
        fact.device, fact.sequence = "till-330", sequence or len(self.records)
        if missing:
            part = fact.consequences.add().stock_shortfall
            part.sku, part.location, part.quantity, part.total = SKU, STORE, missing, total
        self.put(event, command, **place)

    def reserve(self, quantity, command, reservation="r1"):
        event, fact, line = self.event("stock_reserved", reserved=quantity)
        fact.reservation_id, line.ordered = reservation, quantity
        self.put(event, command)

    def commit(self, quantity, command, reservation="r1"):
        event, fact, _ = self.event("reservation_committed", reserved=-quantity,
                                    committed=quantity)
        fact.reservation_id = reservation
        self.put(event, command)

    def fulfil(self, quantity, command, reservation="r1"):
        event, fact, _ = self.event("reservation_fulfilled", on_hand=-quantity,
                                    committed=-quantity)
        fact.reservation_id = reservation
        self.put(event, command)

    def fold(self):
        return fold_topic.fold(self.records, NewEvent)
