#include "services/gateway/split_join.h"

#include <map>

#include "libs/rpc/errors.h"
#include "libs/rpc/route_key.h"
#include "libs/rpc/wire.h"

namespace omo::gateway {
namespace {

using rpc::WireField;
using rpc::WireReader;

bool IsList(const WireField& field, std::uint32_t number) {
  return field.number == number && field.type == WireField::Type::kBytes;
}

// The part of each key, in the request's order; parts come into being with their first key.
grpc::Status AssignKeys(const rpc::Route& route, std::string_view request, std::int32_t shard_count,
                        std::vector<ShardPart>& parts, std::vector<std::size_t>& part_of_key) {
  std::map<ShardId, std::size_t> part_of_shard;
  return rpc::ForEachKey(route, request, [&](std::string_view key) {
    const ShardId shard = ShardOf(key, shard_count);
    const auto [found, is_new] = part_of_shard.emplace(shard, parts.size());
    if (is_new) parts.push_back({shard, {}, {}});
    parts[found->second].asked.push_back(part_of_key.size());
    part_of_key.push_back(found->second);
    return grpc::Status::OK;
  });
}

}  // namespace

grpc::Status SplitByShard(const rpc::Route& route, std::string_view request,
                          std::int32_t shard_count, std::vector<ShardPart>& parts) {
  std::vector<std::size_t> part_of_key;
  grpc::Status status = AssignKeys(route, request, shard_count, parts, part_of_key);
  if (!status.ok()) return status;
  std::size_t key = 0;
  WireReader reader(request);
  for (WireField field; reader.Next(field);) {
    if (IsList(field, route.key.front().number)) {
      parts[part_of_key[key++]].request.append(field.whole);
      continue;
    }
    for (ShardPart& part : parts) part.request.append(field.whole);
  }
  return grpc::Status::OK;
}

grpc::Status JoinAnswers(const rpc::Route& route, const std::vector<ShardPart>& parts,
                         const std::vector<std::string_view>& responses, std::string& joined) {
  std::size_t asked = 0;
  for (const ShardPart& part : parts) asked += part.asked.size();
  std::vector<std::string_view> answers(asked);
  for (std::size_t p = 0; p < parts.size(); ++p) {
    std::size_t answered = 0;
    WireReader reader(responses[p]);
    for (WireField field; reader.Next(field);) {
      if (!IsList(field, route.answers)) {
        joined.append(field.whole);
      } else if (answered < parts[p].asked.size()) {
        answers[parts[p].asked[answered++]] = field.whole;
      } else {
        ++answered;
      }
    }
    if (reader.malformed() || answered != parts[p].asked.size()) {
      return {grpc::INTERNAL, route.method + ": shard " + std::to_string(parts[p].shard) +
                                  " did not answer each key once"};
    }
  }
  for (const std::string_view answer : answers) joined.append(answer);
  return grpc::Status::OK;
}

}  // namespace omo::gateway
