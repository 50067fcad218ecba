// What every process that uses gRPC sets once, before its first server or channel.
#pragma once

namespace omo::rpc {

// Turns the text that gRPC and protobuf write to stderr into our log lines, and the lock-order
// graph off that Debian's Abseil keeps under one global lock (8 % of a gateway's time, measured).
// Thread-safe; only the first call does anything. Server and ChannelPool call it.
void SetUpGrpc();

}  // namespace omo::rpc
