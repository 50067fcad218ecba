#include "services/omoctl/shop.h"

#include "tests/support/catch.h"
#include "tests/unit/omoctl/shop_folder.h"

namespace omo::omoctl {
namespace {

TEST_CASE("a shop reads as it was extracted", "[omoctl]") {
  const ShopFolder folder;
  const auto shop = ReadShop(folder.path());
  REQUIRE(shop.ok());
  CHECK(shop->skus.size() == 2);
  CHECK(shop->skus[1].scale == 3);
  CHECK(shop->stores.size() == 2);
  REQUIRE(shop->lines.size() == 3);
  CHECK(shop->lines[0].number == 0);
  CHECK_FALSE(shop->lines[0].reserved);
  CHECK(shop->tills[shop->lines[0].till] == "till-330");
  CHECK(shop->lines[1].reserved);
  CHECK(shop->lines[2].quantity == 12'000);
}

TEST_CASE("a folder without a shop is not found", "[omoctl]") {
  CHECK(ReadShop("/nonexistent").status().code() == absl::StatusCode::kNotFound);
}

TEST_CASE("a line that is not as extracted is named by file and number", "[omoctl]") {
  const ShopFolder folder;
  const char* const wrong[] = {
      "7\tsale\t1\t999\tstore-330\t1\t5\ttill-330\t1\n",    // An unknown SKU.
      "7\tgift\t1\t101\tstore-330\t1\t5\ttill-330\t1\n",    // An unknown kind.
      "7\tsale\t1\t101\tstore-330\t1.5\t5\ttill-330\t1\n",  // Half a unit.
      "7\tsale\t1\t101\tstore-330\t1\t5\ttill-330\n",       // A field too few.
  };
  for (const char* const line : wrong) {
    folder.Write("lines.tsv", line);
    const auto shop = ReadShop(folder.path());
    INFO(line);
    CHECK(shop.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(shop.status().message().find("lines.tsv:1") != absl::string_view::npos);
  }
}

}  // namespace
}  // namespace omo::omoctl
