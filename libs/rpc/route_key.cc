#include "libs/rpc/route_key.h"

#include <string>

#include "libs/rpc/errors.h"
#include "libs/rpc/wire.h"

namespace omo::rpc {
namespace {

grpc::Status Malformed() {
  return Fault("MALFORMED", "the bytes are not a message of the method's request type");
}

// One walk from a request to its keys.
class KeyWalk {
 public:
  KeyWalk(const Route& route, const std::function<grpc::Status(std::string_view)>& visit)
      : route_(route), visit_(visit) {
    for (const PathStep& step : route.key) has_list_ = has_list_ || step.repeated;
  }

  grpc::Status Walk(std::string_view request) {
    std::string_view key;
    grpc::Status status = Level(request, 0, key);
    if (!status.ok()) return status;
    if (!has_list_) return Visit(key);
    return entries_ > 0 ? grpc::Status::OK : Absent(false);
  }

 private:
  // Reads one message on the way. `key` is what is known of it so far: a later field overrides.
  grpc::Status Level(std::string_view message, std::size_t depth, std::string_view& key) {
    const PathStep& step = route_.key[depth];
    const bool last = depth + 1 == route_.key.size();
    WireReader reader(message);
    for (WireField field; reader.Next(field);) {
      if (field.number != step.number || field.type != WireField::Type::kBytes) continue;
      std::string_view entry_key;
      std::string_view& target = step.repeated ? entry_key : key;
      if (last) {
        target = field.bytes;
      } else if (grpc::Status status = Level(field.bytes, depth + 1, target); !status.ok()) {
        return status;
      }
      if (!step.repeated) continue;
      if (grpc::Status status = Visit(entry_key); !status.ok()) return status;
    }
    return reader.malformed() ? Malformed() : grpc::Status::OK;
  }

  grpc::Status Visit(std::string_view key) {
    if (key.empty()) return Absent(true);
    ++entries_;
    return visit_(key);
  }

  // Names the way to the key: "lines[2].sku" for an entry without it, "lines" for an empty list.
  grpc::Status Absent(bool in_entry) const {
    std::string path;
    for (const PathStep& step : route_.key) {
      if (!path.empty()) path += ".";
      path += step.name;
      if (!step.repeated) continue;
      if (!in_entry) break;
      path += "[" + std::to_string(entries_) + "]";
    }
    return InvalidArgument(path, "REQUIRED", "the call is routed by it");
  }

  const Route& route_;
  const std::function<grpc::Status(std::string_view)>& visit_;
  bool has_list_ = false;
  std::size_t entries_ = 0;
};

}  // namespace

grpc::Status ForEachKey(const Route& route, std::string_view request,
                        const std::function<grpc::Status(std::string_view key)>& visit) {
  if (!route.only_key.empty()) return visit(route.only_key);
  return KeyWalk(route, visit).Walk(request);
}

grpc::Status FindShard(const Route& route, std::string_view request, std::int32_t shard_count,
                       ShardId& shard) {
  ShardId found = -1;
  grpc::Status status = ForEachKey(route, request, [&](std::string_view key) {
    const ShardId next = ShardOf(key, shard_count);
    if (found >= 0 && next != found) return LinesOfSeveralShards(route.key_path);
    found = next;
    return grpc::Status::OK;
  });
  if (status.ok()) shard = found;
  return status;
}

}  // namespace omo::rpc
