#include "services/gateway/merge_pages.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "libs/rpc/errors.h"
#include "libs/rpc/page_token.h"
#include "shelf_service.pb.h"
#include "tests/support/catch.h"
#include "tests/support/descriptor_set.h"

using namespace omo;
using namespace omo::gateway;
using namespace omo::test::v1;

namespace {

const rpc::Route& Find(const std::string& method) {
  static const auto table = rpc::RouteTable::FromDescriptorSet(
      testing::DescriptorSetOf(ListRequest::descriptor()->file()));
  return *table->Find("/omo.test.v1.ShelfService/" + method);
}

// A list spread over shards, as the owners would serve it; `short_by` makes pages shorter than
// asked.
struct Shards {
  bool by_number = false;
  int short_by = 0;
  std::vector<std::vector<Item>> shards;
  int looks_at_most = 1'000;  // Rows, the unwanted ones too.
  std::set<std::string> unwanted = {};

  std::string TokenOf(const Item& item) const {
    if (!by_number) return rpc::WritePageToken(std::vector<std::string>{item.sku()});
    return rpc::WritePageToken(
        std::vector<std::string>{std::to_string(item.quantity()), item.sku()});
  }
  bool IsBehind(const Item& item, const std::string& token) const {
    if (token.empty()) return true;
    const auto values = rpc::ReadPageToken(token, by_number ? 2 : 1);
    REQUIRE(values.has_value());
    if (!by_number) return item.sku() > values->at(0);
    return std::pair(item.quantity(), item.sku()) >
           std::pair(static_cast<std::int64_t>(std::stoll(values->at(0))), values->at(1));
  }

  std::string Answer(ShardId shard, const std::string& request_bytes) const {
    ListRequest request;
    REQUIRE(request.ParseFromString(request_bytes));
    const int size = std::max(1, request.page_size() - short_by);
    ListResponse response;
    response.add_positions()->set_shard(shard);
    int looked_at = 0;
    const Item* last = nullptr;
    for (const Item& item : shards[static_cast<std::size_t>(shard)]) {
      if (!IsBehind(item, request.page_token())) continue;
      if (response.items_size() == size || looked_at++ == looks_at_most) {
        response.set_next_page_token(TokenOf(*last));
        break;
      }
      last = &item;
      if (!unwanted.contains(item.sku())) *response.add_items() = item;
    }
    return response.SerializeAsString();
  }
};

// One page through the gateway's eyes.
ListResponse Page(const rpc::Route& route, const Shards& shards, const std::string& token,
                  int page_size) {
  ListRequest request;
  request.set_page_size(page_size);
  request.set_page_token(token);
  const std::string bytes = request.SerializeAsString();
  PageRequest page;
  REQUIRE(
      ReadPageRequest(route, bytes, static_cast<std::int32_t>(shards.shards.size()), page).ok());
  std::vector<std::string> answers(shards.shards.size());
  std::vector<ShardPage> pages;
  for (std::size_t shard = 0; shard < answers.size(); ++shard) {
    if (page.cursors[shard].done) continue;
    const auto id = static_cast<ShardId>(shard);
    answers[shard] = shards.Answer(id, ShardPageRequest(route, bytes, page, id));
    pages.push_back({id, answers[shard]});
  }
  std::string merged;
  REQUIRE(MergePages(route, page, pages, merged).ok());
  ListResponse response;
  REQUIRE(response.ParseFromString(merged));
  return response;
}

}  // namespace

TEST_CASE("pages of every shard read as one ordered list", "[gateway]") {
  const int page_size = GENERATE(1, 2, 7, 100);
  const int short_by = GENERATE(0, 3);
  const bool by_number = GENERATE(false, true);
  std::mt19937 random(7);
  Shards shards{by_number, short_by, std::vector<std::vector<Item>>(5)};
  std::vector<std::string> expected;
  for (int n = 0; n < 60; ++n) {
    Item item;
    item.set_quantity(n / 7 - 4);  // Several have the same: then the SKU decides.
    item.set_sku("%sku," + std::to_string(100 + n));
    shards.shards[random() % 4].push_back(item);  // The fifth has nothing.
    expected.push_back(item.sku());
  }
  const rpc::Route& route = Find(by_number ? "ListByNumber" : "List");
  std::vector<std::string> seen;
  std::string token;
  int pages = 0;
  do {
    const ListResponse response = Page(route, shards, token, page_size);
    CHECK(response.items_size() <= page_size);
    for (const Item& item : response.items()) seen.push_back(item.sku());
    token = response.next_page_token();
    REQUIRE(++pages <= 61);
  } while (!token.empty());
  CHECK(seen == expected);
}

TEST_CASE("a list whose filter leaves little is given whole, a few rows at a time", "[gateway]") {
  const bool by_number = GENERATE(false, true);
  Shards shards{by_number, 0, std::vector<std::vector<Item>>(3)};
  shards.looks_at_most = 4;
  std::vector<std::string> expected;
  for (int n = 0; n < 60; ++n) {
    Item item;
    item.set_quantity(n - 30);
    item.set_sku("sku-" + std::to_string(100 + n));
    // The first shard has all that is wanted, far behind; the others come in between.
    shards.shards[static_cast<std::size_t>(n % 3)].push_back(item);
    const bool wanted = n % 3 == 0 ? n > 40 : n % 7 == 0;
    if (wanted) {
      expected.push_back(item.sku());
    } else {
      shards.unwanted.insert(item.sku());
    }
  }
  const rpc::Route& route = Find(by_number ? "ListByNumber" : "List");
  std::vector<std::string> seen;
  std::string token;
  int pages = 0;
  do {
    const ListResponse response = Page(route, shards, token, 10);
    for (const Item& item : response.items()) seen.push_back(item.sku());
    token = response.next_page_token();
    REQUIRE(++pages <= 30);
  } while (!token.empty());
  CHECK(seen == expected);
  CHECK(pages > 3);
}

TEST_CASE("equal order values of different shards are all given, across a page's end",
          "[gateway]") {
  Shards shards{false, 0, std::vector<std::vector<Item>>(3)};
  for (auto& shard : shards.shards) shard.emplace_back().set_sku("same");
  int seen = 0;
  std::string token;
  do {
    const ListResponse response = Page(Find("List"), shards, token, 2);
    seen += response.items_size();
    token = response.next_page_token();
  } while (!token.empty());
  CHECK(seen == 3);
}

TEST_CASE("a page carries the position of each shard that was asked", "[gateway]") {
  Shards shards{false, 0, std::vector<std::vector<Item>>(3)};
  shards.shards[1].emplace_back().set_sku("a");
  const ListResponse response = Page(Find("List"), shards, "", 0);
  CHECK(response.positions_size() == 3);
  CHECK(response.items_size() == 1);
  CHECK(response.next_page_token().empty());
}

TEST_CASE("page sizes have a default and a limit, and foreign tokens are refused", "[gateway]") {
  const auto read = [](int size, const std::string& token, PageRequest& page) {
    ListRequest request;
    request.set_page_size(size);
    request.set_page_token(token);
    return rpc::ReadError(ReadPageRequest(Find("List"), request.SerializeAsString(), 3, page))
        .reason;
  };
  PageRequest page;
  CHECK(read(0, "", page) == "");
  CHECK(page.size == kPageSizeDefault);
  CHECK(read(1'000'000, "", page) == "");
  CHECK(page.size == kPageSizeMax);
  CHECK(read(-1, "", page) == "OUT_OF_RANGE");
  CHECK(read(1, "not a token!", page) == "PAGE_TOKEN");
  CHECK(read(1, "AAAA", page) == "PAGE_TOKEN");

  Shards shards{false, 0, std::vector<std::vector<Item>>(3)};
  for (int n = 0; n < 3; ++n) shards.shards[0].emplace_back().set_sku(std::to_string(n));
  const std::string token = Page(Find("List"), shards, "", 1).next_page_token();
  CHECK(read(1, token, page) == "");
  ListRequest request;
  request.set_page_token(token);
  // Nobody gave out so long a one: it is not even read.
  Shards wide{false, 0, std::vector<std::vector<Item>>(3)};
  for (int n = 0; n < 2; ++n) {
    wide.shards[0].emplace_back().set_sku(std::to_string(n) + std::string(30'000, 'x'));
  }
  CHECK(read(1, Page(Find("List"), wide, "", 1).next_page_token(), page) == "PAGE_TOKEN");
  const std::string bytes = request.SerializeAsString();
  CHECK_FALSE(ReadPageRequest(Find("ListByNumber"), bytes, 3, page).ok());
  CHECK_FALSE(ReadPageRequest(Find("List"), bytes, 4, page).ok());
  CHECK_FALSE(ReadPageRequest(Find("List"), "\x08", 3, page).ok());
}

TEST_CASE("a shard that breaks the rules of lists is named", "[gateway]") {
  const auto token = [](const std::string& sku) {
    return rpc::WritePageToken(std::vector<std::string>{sku});
  };
  ListResponse unordered;
  unordered.add_items()->set_sku("b");
  unordered.add_items()->set_sku("a");
  ListResponse endless;  // Where it was asked to begin.
  endless.set_next_page_token(token("asked"));
  ListResponse going_back;
  going_back.add_items()->set_sku("b");
  going_back.set_next_page_token(token("a"));
  ListResponse no_token;
  no_token.set_next_page_token(rpc::WritePageToken(std::vector<std::string>{"a", "b"}));
  const std::string answer = GENERATE_COPY(
      unordered.SerializeAsString(), endless.SerializeAsString(), going_back.SerializeAsString(),
      no_token.SerializeAsString(), std::string("\x0A\x7F", 2));
  PageRequest page;
  REQUIRE(ReadPageRequest(Find("List"), "", 1, page).ok());
  page.cursors[0].behind = token("asked");
  std::string merged;
  const grpc::Status status = MergePages(Find("List"), page, {{0, answer}}, merged);
  CHECK(status.error_code() == grpc::INTERNAL);
  CHECK(status.error_message().find("shard 0") != std::string::npos);
}
