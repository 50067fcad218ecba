#include "services/gateway/split_join.h"

#include "libs/core/partition.h"
#include "libs/rpc/errors.h"
#include "shelf_service.pb.h"
#include "tests/support/catch.h"
#include "tests/support/descriptor_set.h"

using namespace omo;
using namespace omo::gateway;
using namespace omo::test::v1;

namespace {

constexpr std::int32_t kShards = 4;

const rpc::Route& GetMany() {
  static const auto table = rpc::RouteTable::FromDescriptorSet(
      testing::DescriptorSetOf(GetManyRequest::descriptor()->file()));
  return *table->Find("/omo.test.v1.ShelfService/GetMany");
}

GetManyRequest Ask(int count) {
  GetManyRequest request;
  request.set_label("label");
  for (int n = 0; n < count; ++n) request.add_skus("sku-" + std::to_string(n));
  return request;
}

// What the owner of a part answers.
GetManyResponse AnswerTo(const ShardPart& part) {
  GetManyRequest request;
  REQUIRE(request.ParseFromString(part.request));
  GetManyResponse response;
  response.set_label(request.label());
  response.add_positions()->set_shard(part.shard);
  for (const std::string& sku : request.skus()) response.add_items()->set_sku(sku);
  return response;
}

}  // namespace

TEST_CASE("a request of many keys is split by shard, with all its other fields", "[gateway]") {
  std::vector<ShardPart> parts;
  REQUIRE(SplitByShard(GetMany(), Ask(20).SerializeAsString(), kShards, parts).ok());
  CHECK(parts.size() == kShards);
  std::size_t keys = 0;
  for (const ShardPart& part : parts) {
    GetManyRequest request;
    REQUIRE(request.ParseFromString(part.request));
    CHECK(request.label() == "label");
    CHECK(static_cast<std::size_t>(request.skus_size()) == part.asked.size());
    for (const std::string& sku : request.skus()) CHECK(ShardOf(sku, kShards) == part.shard);
    keys += part.asked.size();
  }
  CHECK(keys == 20);
}

TEST_CASE("answers are joined in the asked order, with one position a shard", "[gateway]") {
  const GetManyRequest request = Ask(20);
  std::vector<ShardPart> parts;
  REQUIRE(SplitByShard(GetMany(), request.SerializeAsString(), kShards, parts).ok());
  std::vector<std::string> bytes;
  for (const ShardPart& part : parts) bytes.push_back(AnswerTo(part).SerializeAsString());
  std::string joined;
  REQUIRE(JoinAnswers(GetMany(), parts, {bytes.begin(), bytes.end()}, joined).ok());
  GetManyResponse response;
  REQUIRE(response.ParseFromString(joined));
  CHECK(response.label() == "label");
  CHECK(response.positions_size() == kShards);
  REQUIRE(response.items_size() == 20);
  for (int n = 0; n < 20; ++n) CHECK(response.items(n).sku() == request.skus(n));
}

TEST_CASE("an owner that does not answer each key once is found out", "[gateway]") {
  std::vector<ShardPart> parts;
  REQUIRE(SplitByShard(GetMany(), Ask(1).SerializeAsString(), kShards, parts).ok());
  REQUIRE(parts.size() == 1);
  GetManyResponse none;
  GetManyResponse two = AnswerTo(parts[0]);
  two.add_items();
  const std::string answer =
      GENERATE_COPY(none.SerializeAsString(), two.SerializeAsString(), std::string("\x0A\x7F", 2));
  std::string joined;
  CHECK(JoinAnswers(GetMany(), parts, {answer}, joined).error_code() == grpc::INTERNAL);
}

TEST_CASE("a request of many keys with an empty one is refused by its place", "[gateway]") {
  GetManyRequest request = Ask(2);
  request.add_skus("");
  std::vector<ShardPart> parts;
  const grpc::Status status = SplitByShard(GetMany(), request.SerializeAsString(), kShards, parts);
  CHECK(rpc::ReadError(status).Find("field") == "skus[2]");
}
