// The disk takes no more: the store says so, goes on answering from memory and ends nothing.
#include <signal.h>
#include <sys/resource.h>

#include "tests/integration/store/shop_history.h"

namespace omo::testing {
namespace {

// While it lives, no file of this process grows beyond `bytes`.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) : handler_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

 private:
  sighandler_t handler_;
  rlimit before_{};
};

TEST_CASE("A flush that the disk refuses stops the store and loses no answered row", "[store]") {
  History history;
  const TempDirectory directory;
  const auto shard = directory.path() / "shard";
  store::Resources resources;
  auto shop = OpenShop(resources, shard);
  Run(*shop, kRecordsPerFlush);
  {
    const FileLimit limit(16 << 10);
    shop->Apply("large", [](Shop& to) {
      for (std::int64_t i = 0; i < 10'000; ++i) {
        to.stock.Put({"large", i}, {.on_hand = i, .note = std::to_string(i * 7919)});
      }
    });
    CHECK_FALSE(shop->store->FlushAll().ok());
  }
  CHECK_FALSE(shop->store->healthy());
  CHECK(shop->stock.Find({"large", 9'999})->on_hand == 9'999);
  CHECK(shop->store->stored_position() == std::to_string(kRecordsPerFlush));
  // No later flush is tried over the lost one.
  shop->store->MaybeFlush(Time{}, true);
  CHECK(shop->store->stored_position() == std::to_string(kRecordsPerFlush));
  shop.reset();
  shop = OpenShop(resources, shard);
  CHECK(history.Holds(*shop, kRecordsPerFlush));
}

}  // namespace
}  // namespace omo::testing
