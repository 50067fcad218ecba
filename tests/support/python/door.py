"""A shop's door for tests: its messages by name, one call, and why it failed."""
import os
import time

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from shop import BUILD

LOCATION = "store-1"
COMMANDS = "/omo.inventory.v1.InventoryService/"
QUERIES = "/omo.inventory.v1.InventoryQueryService/"
CALLER = ("omo-caller", "tests")
WHO = (CALLER, ("omo-role", "staff"))
AGAIN = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.ABORTED, grpc.StatusCode.DEADLINE_EXCEEDED,
         grpc.StatusCode.RESOURCE_EXHAUSTED}


def _load_messages():
    described = (BUILD / "proto" / "omo.binpb").read_bytes()
    files = descriptor_pb2.FileDescriptorSet.FromString(described)
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return lambda name: factory.GetPrototype(pool.FindMessageTypeByName(name))


message = _load_messages()
Receive = message("omo.inventory.v1.ReceiveStockRequest")
Received = message("omo.inventory.v1.ReceiveStockResponse")
Ask = message("omo.inventory.v1.GetAvailabilityRequest")
Availability = message("omo.inventory.v1.GetAvailabilityResponse")
Status = message("google.rpc.Status")
ErrorInfo = message("google.rpc.ErrorInfo")
RunCommands = message("omo.bulk.v1.RunCommandsRequest")
RanCommands = message("omo.bulk.v1.RunCommandsResponse")
LINEARIZABLE = 3


def new_command_id():
    """A UUIDv7."""
    stamp, noise = int(time.time() * 1000), int.from_bytes(os.urandom(10), "big")
    value = stamp << 80 | 7 << 76 | (noise >> 68 & 0xFFF) << 64 | 2 << 62 | noise & (1 << 62) - 1
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def receipt(command_id, sku, quantity):
    request = Receive(command_id=command_id)
    request.lines.add(sku=sku, location=LOCATION).quantity.value = quantity
    return request


def reason_of(status):
    """(our reason, its details) in a google.rpc.Status; empty when it is none of ours."""
    for detail in status.details:
        if detail.type_url.endswith("google.rpc.ErrorInfo"):
            info = ErrorInfo.FromString(detail.value)
            return info.reason, dict(info.metadata)
    return "", {}


class Refused(Exception):
    """A call's failure: its code and our reason, empty when it is none of ours."""

    def __init__(self, error):
        self.code, self.reason, self.details = error.code(), "", {}
        for key, value in error.trailing_metadata() or ():
            if key != "grpc-status-details-bin":
                continue
            self.reason, self.details = reason_of(Status.FromString(value))
        super().__init__(f"{self.code.name} {self.reason}: {error.details()}")


class Door:
    """The gateway's door, or an instance's own."""

    def __init__(self, address):
        self.channel = grpc.insecure_channel(address, options=(
            ("grpc.initial_reconnect_backoff_ms", 20), ("grpc.min_reconnect_backoff_ms", 20),
            ("grpc.max_reconnect_backoff_ms", 100), ("grpc.enable_retries", 0)))

    def call(self, path, request, answer_type, seconds=10, role="staff"):
        method = self.channel.unary_unary(path, request_serializer=type(request).SerializeToString,
                                          response_deserializer=answer_type.FromString)
        try:
            return method(request, timeout=seconds, metadata=(CALLER, ("omo-role", role)))
        except grpc.RpcError as error:
            raise Refused(error) from None

    def receive(self, command_id, sku, quantity, seconds=10):
        return self.call(COMMANDS + "ReceiveStock", receipt(command_id, sku, quantity), Received,
                         seconds)

    def run_commands(self, messages, seconds):
        """A bulk stream: takes RunCommands messages, yields RanCommands as they come."""
        stream = self.channel.stream_stream("/omo.bulk.v1.BulkService/RunCommands",
                                            request_serializer=RunCommands.SerializeToString,
                                            response_deserializer=RanCommands.FromString)
        try:
            yield from stream(iter(messages), timeout=seconds, metadata=WHO)
        except grpc.RpcError as error:
            raise Refused(error) from None

    def on_hand(self, sku, level=LINEARIZABLE, seconds=10):
        """Units of the SKU, and the position that the answer stands at."""
        request = Ask(skus=[sku], locations=[LOCATION])
        request.read.level = level
        answer = self.call(QUERIES + "GetAvailability", request, Availability, seconds)
        return answer.items[0].locations[0].figures.on_hand, answer.freshness[0].position.offset
