// The ceiling of every RPC figure: a bare gRPC callback server that answers the same messages at
// once, with nothing behind it.
#pragma once

namespace omo::bench {

// Serves on the loopback port until the process is ended.
[[noreturn]] void ServeEcho(int port);

}  // namespace omo::bench
