// How each method is routed, read from the options in the .proto files: a new RPC needs no line of
// code here or in the gateway.
#pragma once

#include <absl/status/statusor.h>
#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "omo/type/v1/options.pb.h"

namespace omo::rpc {

// One step of a path into a message, e.g. of "lines.sku".
struct PathStep {
  std::uint32_t number = 0;
  bool repeated = false;
  std::string name = {};
};

// What lists are ordered by: the way from an answer to a string or an integer.
struct OrderField {
  std::vector<PathStep> path;
  bool is_text = true;
  bool is_signed = false;
};

// A method and its route, checked against its messages when the table is made.
struct Route {
  std::string method;  // "/omo.inventory.v1.InventoryService/ReserveStock"
  omo::type::v1::RouteKind kind = omo::type::v1::ROUTE_KIND_UNSPECIFIED;
  std::string service;        // Whose shards and instances; none with BULK.
  std::vector<PathStep> key;  // To the string that is the key; at most one step is repeated.
  std::string only_key;       // In its place: the key of every call.
  std::string key_path;       // The same as text.

  std::uint32_t answers = 0;      // KEYS, EVERY_SHARD: number of the repeated response field.
  std::vector<OrderField> order;  // EVERY_SHARD: the first decides, then the next.
  std::uint32_t page_size = 0;    // EVERY_SHARD: numbers of the paging fields (AIP-158).
  std::uint32_t page_token = 0;
  std::uint32_t next_page_token = 0;

  std::vector<std::string> roles;  // Who may call; empty: every caller.
  std::int32_t cost = 1;
  bool streaming = false;
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
};

// The routes of all methods of a descriptor set, but those that are asked of one instance directly
// (ROUTE_KIND_ANY without a service): they are known to reflection only. Immutable, thread-safe.
class RouteTable {
 public:
  // `bytes`: a serialized google.protobuf.FileDescriptorSet with all imports. INVALID_ARGUMENT
  // names every method that has no route or one that does not fit its messages.
  static absl::StatusOr<RouteTable> FromDescriptorSet(std::string_view bytes);
  // The same from the content of a file; NOT_FOUND when it cannot be read.
  static absl::StatusOr<RouteTable> FromFile(const std::string& path);

  // nullptr: no such method. The route lives as long as the table.
  const Route* Find(std::string_view method) const;
  std::vector<const Route*> All() const;
  // Full names of the gRPC services ("omo.inventory.v1.InventoryService").
  std::vector<std::string> GrpcServices() const;
  const google::protobuf::DescriptorPool& pool() const { return *pool_; }

 private:
  struct ByText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  RouteTable() = default;
  std::unique_ptr<google::protobuf::DescriptorPool> pool_;
  std::unordered_map<std::string, Route, ByText, std::equal_to<>> routes_;
};

}  // namespace omo::rpc
