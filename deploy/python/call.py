"""Calls an RPC through the gateway, with JSON in and out: call.py DESCRIPTORS TARGET METHOD [JSON]

METHOD is an RPC's name, `ReserveStock`. A command without a command_id gets a new one, which is
told on stderr: send it again to see the first answer. Who calls is OMO_CALLER (the user's name),
as OMO_ROLE (manager).
"""

import getpass
import os
import pathlib
import sys
import time
import uuid

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory


def uuid7():
    """48 bits of milliseconds, then chance, with the version and the variant where they belong."""
    bits = (int(time.time() * 1000) << 80) | (uuid.uuid4().int & ((1 << 76) - 1))
    return str(uuid.UUID(int=(bits & ~(0xC << 60)) | (0x7 << 76) | (0x8 << 60)))


def find(descriptors, name):
    """The path and the two message classes of the method with that name."""
    files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(descriptors).read_bytes()).file
    pool = descriptor_pool.DescriptorPool()
    for file in files:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    for file in files:
        for service in file.service:
            for method in service.method:
                if method.name == name:
                    made = [factory.GetPrototype(pool.FindMessageTypeByName(kind.lstrip(".")))
                            for kind in (method.input_type, method.output_type)]
                    return f"/{file.package}.{service.name}/{name}", *made
    sys.exit(f"no such RPC: {name} (docs/reference/rpcs.md lists them)")


def main():
    descriptors, target, name = sys.argv[1:4]
    path, request_type, response_type = find(descriptors, name)
    try:
        request = json_format.Parse(sys.argv[4] if len(sys.argv) > 4 else "{}", request_type())
    except json_format.ParseError as error:
        sys.exit(f"{name}: {error}")
    if "command_id" in request.DESCRIPTOR.fields_by_name and not request.command_id:
        request.command_id = uuid7()
        print(f"command_id: {request.command_id}", file=sys.stderr)
    metadata = (("omo-caller", os.environ.get("OMO_CALLER", getpass.getuser())),
                ("omo-role", os.environ.get("OMO_ROLE", "manager")))
    with grpc.insecure_channel(target) as channel:
        try:
            answer = channel.unary_unary(path)(request.SerializeToString(), timeout=10,
                                               metadata=metadata)
        except grpc.RpcError as error:
            sys.exit(f"{error.code().name}: {error.details()}")
    print(json_format.MessageToJson(response_type.FromString(answer),
                                    preserving_proto_field_name=True))


if __name__ == "__main__":
    main()
