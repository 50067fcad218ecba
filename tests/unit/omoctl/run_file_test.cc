#include "services/omoctl/run_file.h"

#include "tests/support/catch.h"
#include "tests/unit/omoctl/shop_folder.h"

namespace omo::omoctl {
namespace {

TEST_CASE("a replay repeated begins when the first one began", "[omoctl]") {
  const ShopFolder folder;
  const auto file = folder.path() / "run";
  CHECK(*ReplayStart(file, "shop", FromMillis(5)) == FromMillis(5));
  CHECK(*ReplayStart(file, "shop", FromMillis(9)) == FromMillis(5));
}

TEST_CASE("a replay of another shop into the same data folder is refused", "[omoctl]") {
  const ShopFolder folder;
  const auto file = folder.path() / "run";
  REQUIRE(ReplayStart(file, "shop", FromMillis(5)).ok());
  CHECK(ReplayStart(file, "other", FromMillis(9)).status().code() ==
        absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace omo::omoctl
