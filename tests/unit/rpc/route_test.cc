#include "libs/rpc/route.h"

#include <google/protobuf/descriptor.pb.h>

#include "libs/rpc/errors.h"
#include "libs/rpc/route_key.h"
#include "libs/rpc/wire.h"
#include "shelf_service.pb.h"
#include "tests/support/catch.h"
#include "tests/support/descriptor_set.h"

using namespace omo;
using namespace omo::rpc;
using namespace omo::test::v1;

namespace {

constexpr std::int32_t kShards = 16;

const RouteTable& Shelf() {
  static const auto table =
      RouteTable::FromDescriptorSet(testing::DescriptorSetOf(PutRequest::descriptor()->file()));
  return *table;
}

const Route& Find(const std::string& method) {
  const Route* route = Shelf().Find("/omo.test.v1.ShelfService/" + method);
  REQUIRE(route != nullptr);
  return *route;
}

std::string FieldOf(const grpc::Status& status) {
  return std::string(ReadError(status).Find("field"));
}

// The shelf's descriptors with one method's route changed; what the table says of it.
std::string FaultOf(const std::string& method,
                    const std::function<void(omo::type::v1::Route&)>& change) {
  google::protobuf::FileDescriptorSet set;
  set.ParseFromString(testing::DescriptorSetOf(PutRequest::descriptor()->file()));
  for (auto& file : *set.mutable_file()) {
    for (auto& service : *file.mutable_service()) {
      for (auto& each : *service.mutable_method()) {
        if (each.name() != method) continue;
        change(*each.mutable_options()->MutableExtension(omo::type::v1::route));
      }
    }
  }
  return std::string(RouteTable::FromDescriptorSet(set.SerializeAsString()).status().message());
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("routes are read from the options of the methods", "[rpc]") {
  CHECK(Shelf().All().size() == 9);
  CHECK(Shelf().GrpcServices() == std::vector<std::string>{"omo.test.v1.ShelfService"});
  CHECK(Shelf().Find("/omo.test.v1.ShelfService/Nothing") == nullptr);
  const Route& guarded = Find("PutGuarded");
  CHECK(guarded.kind == omo::type::v1::ROUTE_KIND_KEY);
  CHECK(guarded.service == "shelf");
  CHECK(guarded.roles == std::vector<std::string>{"manager", "cashier"});
  CHECK(guarded.cost == 5);
  CHECK(Find("Put").cost == 1);
  CHECK(Find("PutAll").streaming);
  REQUIRE(Find("ListByNumber").order.size() == 2);
  CHECK_FALSE(Find("ListByNumber").order[0].is_text);
  CHECK(Find("ListByNumber").order[1].is_text);
}

TEST_CASE("what is asked of one instance directly has no route", "[rpc]") {
  CHECK(Shelf().Find("/omo.test.v1.ShelfService/Inspect") == nullptr);
}

TEST_CASE("every method that ships has a route that fits its messages", "[rpc]") {
  const auto shipped = RouteTable::FromFile(OMO_DESCRIPTORS);
  INFO(shipped.status().ToString());
  REQUIRE(shipped.ok());
  CHECK(shipped->Find("/omo.inventory.v1.InventoryService/ReserveStock") != nullptr);
}

TEST_CASE("a route that does not fit its messages is named at start", "[rpc]") {
  using Option = omo::type::v1::Route;
  CHECK(Contains(FaultOf("Put", [](Option& o) { o.Clear(); }),
                 "/omo.test.v1.ShelfService/Put: has no route"));
  CHECK(Contains(FaultOf("Put", [](Option& o) { o.set_field("item.nothing"); }),
                 "there is no field nothing"));
  CHECK(Contains(FaultOf("Put", [](Option& o) { o.set_field("item.quantity"); }), "a string"));
  CHECK(Contains(FaultOf("Put", [](Option& o) { o.set_field(""); }), "field: must be given"));
  CHECK(Contains(FaultOf("Put", [](Option& o) { o.clear_service(); }), "service"));
  CHECK(Contains(FaultOf("GetMany", [](Option& o) { o.set_field("label"); }), "a list"));
  CHECK(Contains(FaultOf("GetMany", [](Option& o) { o.set_answers("label"); }), "answers"));
  CHECK(Contains(FaultOf("List", [](Option& o) { o.set_order("nothing"); }), "order"));
  CHECK(
      Contains(FaultOf("Put", [](Option& o) { o.set_kind(omo::type::v1::ROUTE_KIND_EVERY_SHARD); }),
               "answers"));
  CHECK(Contains(FaultOf("PutAll",
                         [](Option& o) {
                           o.set_kind(omo::type::v1::ROUTE_KIND_KEYS);
                           o.set_field("item.sku");
                         }),
                 "a list"));
  CHECK_FALSE(RouteTable::FromDescriptorSet("\xFF").ok());
  CHECK(RouteTable::FromFile("/nowhere/at/all").status().code() == absl::StatusCode::kNotFound);
}

TEST_CASE("a request's shard is that of its key, wherever the key stands", "[rpc]") {
  PutRequest request;
  request.set_command_id("id");
  request.set_padding("pad");
  for (const char* sku : {"A", "B-17", "9876543210"}) {
    request.mutable_item()->set_sku(sku);
    request.mutable_item()->set_quantity(-1);
    ShardId shard = -1;
    REQUIRE(FindShard(Find("Put"), request.SerializeAsString(), kShards, shard).ok());
    CHECK(shard == ShardOf(sku, kShards));
  }
}

TEST_CASE("of a key given twice the last counts, as protobuf reads it", "[rpc]") {
  PutRequest first;
  first.mutable_item()->set_sku("first");
  PutRequest second;
  second.mutable_item()->set_sku("second");
  PutRequest without;
  without.mutable_item()->set_quantity(3);
  const std::string bytes =
      first.SerializeAsString() + second.SerializeAsString() + without.SerializeAsString();
  PutRequest parsed;
  REQUIRE(parsed.ParseFromString(bytes));
  REQUIRE(parsed.item().sku() == "second");
  ShardId shard = -1;
  REQUIRE(FindShard(Find("Put"), bytes, 1 << 20, shard).ok());
  CHECK(shard == ShardOf("second", 1 << 20));
  // A field of another type with the key's number is none.
  std::string wrong_type = first.SerializeAsString();
  AppendVarintField(wrong_type, 2, 5);
  REQUIRE(FindShard(Find("Put"), wrong_type, 1 << 20, shard).ok());
  CHECK(shard == ShardOf("first", 1 << 20));
}

TEST_CASE("a request without its key is refused by the key's path", "[rpc]") {
  ShardId shard = -1;
  PutRequest request;
  CHECK(FieldOf(FindShard(Find("Put"), "", kShards, shard)) == "item.sku");
  request.mutable_item()->set_quantity(1);
  CHECK(FieldOf(FindShard(Find("Put"), request.SerializeAsString(), kShards, shard)) == "item.sku");
  PutLinesRequest lines;
  CHECK(FieldOf(FindShard(Find("PutLines"), "", kShards, shard)) == "lines");
  lines.add_lines()->set_sku("A");
  lines.add_lines()->set_quantity(1);
  CHECK(FieldOf(FindShard(Find("PutLines"), lines.SerializeAsString(), kShards, shard)) ==
        "lines[1].sku");
  GetManyRequest many;
  CHECK(FieldOf(FindShard(Find("GetMany"), "", kShards, shard)) == "skus");
  many.add_skus("");
  CHECK(FieldOf(FindShard(Find("GetMany"), many.SerializeAsString(), kShards, shard)) == "skus[0]");
  CHECK(shard == -1);
}

TEST_CASE("lines of one shard go together, of several not at all", "[rpc]") {
  std::map<ShardId, std::vector<std::string>> by_shard;
  for (int n = 0; by_shard[3].size() < 3 || by_shard[4].empty(); ++n) {
    const std::string sku = "sku-" + std::to_string(n);
    by_shard[ShardOf(sku, kShards)].push_back(sku);
  }
  PutLinesRequest lines;
  for (int i = 0; i < 3; ++i) lines.add_lines()->set_sku(by_shard[3][static_cast<std::size_t>(i)]);
  ShardId shard = -1;
  REQUIRE(FindShard(Find("PutLines"), lines.SerializeAsString(), kShards, shard).ok());
  CHECK(shard == 3);
  lines.add_lines()->set_sku(by_shard[4].front());
  const grpc::Status status =
      FindShard(Find("PutLines"), lines.SerializeAsString(), kShards, shard);
  CHECK(status.error_code() == grpc::INVALID_ARGUMENT);
  CHECK(ReadError(status).reason == "LINES_OF_SEVERAL_SHARDS");
}

TEST_CASE("lines are grouped by their shard, in order", "[rpc]") {
  struct Line {
    std::string sku;
    int number = 0;
  };
  std::vector<Line> lines;
  for (int n = 0; n < 200; ++n) lines.push_back({"sku-" + std::to_string(n % 50), n});
  const auto groups = GroupByShard(
      std::span<const Line>(lines), [](const Line& line) { return line.sku; }, kShards);
  std::size_t total = 0;
  for (const auto& [shard, group] : groups) {
    total += group.size();
    for (std::size_t i = 0; i < group.size(); ++i) {
      CHECK(ShardOf(group[i].sku, kShards) == shard);
      if (i > 0) CHECK(group[i - 1].number < group[i].number);
    }
  }
  CHECK(total == lines.size());
  CHECK(groups.size() > 8);
}

TEST_CASE("bytes cut anywhere never give a wrong shard", "[rpc]") {
  PutRequest request;
  request.set_command_id("0190a5b0-1234-7abc-8def-0123456789ab");
  request.mutable_item()->set_sku("A-100");
  request.mutable_item()->set_quantity(7);
  request.set_padding("padding");
  const std::string bytes = request.SerializeAsString();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const std::string cut = bytes.substr(0, length);
    ShardId shard = -1;
    const grpc::Status status = FindShard(Find("Put"), cut, 1 << 20, shard);
    PutRequest parsed;
    const bool has_key = parsed.ParseFromString(cut) && parsed.item().sku() == "A-100";
    CHECK(status.ok() == has_key);
    if (status.ok()) {
      CHECK(shard == ShardOf("A-100", 1 << 20));
    } else {
      const std::string reason = ReadError(status).reason;
      CHECK((reason == "MALFORMED" || reason == "REQUIRED"));
    }
  }
}
