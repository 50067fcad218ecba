// Any sequence of puts, promotions, flushes, failed flushes and reopenings leaves what a map holds.
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <vector>

#include "tests/support/store_fixture.h"

namespace omo::testing {
namespace {

using store::LeadingFields;

// What the store is to hold at one position.
struct Rows {
  std::map<StockKey, Stock> stock;
  std::map<StockKey, Stock> shelf;
  std::map<CommandKey, std::int64_t> commands;
  std::map<StockKey, std::int64_t> view;
};

enum class Step {
  kSpeculate,
  kPromote,
  kDrop,
  kFollow,
  kCommands,
  kCheck,
  kBeginFlush,
  kFlush,
  kReopen,
  kFailFlush,
  kDropOldCommands,
  kDropOldView,
};

// A number in [0, below).
std::int64_t Below(std::int64_t below) { return *rc::gen::inRange<std::int64_t>(0, below); }
// Small numbers with something in every byte.
std::int64_t Location(std::int64_t number) { return (number - 2) * 0x01'01'01'01'01; }
StockKey AnyKey() {
  // Names that are prefixes of each other, hold a zero byte, or differ in a byte above 127.
  static const std::vector<std::string> kNames{"a", "ab", std::string("a\0", 2), "b\xC3", ""};
  return {kNames[static_cast<std::size_t>(Below(5))], Location(Below(6))};
}
Stock AnyStock() { return {Below(1'000), std::string(static_cast<std::size_t>(Below(40)), 'n')}; }

class Model {
 public:
  Model() { Reopen(); }

  void Take(Step step) {
    switch (step) {
      case Step::kSpeculate:
        return Speculate();
      case Step::kPromote:
        return Promote();
      case Step::kDrop:
        return Drop();
      case Step::kFollow:
        return Follow();
      case Step::kCommands:
        return PutCommands();
      case Step::kCheck:
        CheckAll();
        return CheckHash();
      case Step::kBeginFlush:
        return BeginFlush();
      case Step::kFlush:
        return Flush();
      case Step::kReopen:
        return Reopen();
      case Step::kFailFlush:
        return FailFlush();
      case Step::kDropOldCommands:
        return DropOldCommands();
      case Step::kDropOldView:
        return DropOldView();
    }
  }

  void CheckAll() {
    const Rows& seen = in_flight_.empty() ? confirmed_ : in_flight_.back().after;
    for (const auto* name : {"a", "ab", "b\xC3", "", "absent"}) {
      for (std::int64_t number = 0; number < 6; ++number) {
        CheckKey({name, Location(number)}, seen);
      }
    }
    for (std::int64_t hour = 0; hour < 8; ++hour) {
      for (std::uint64_t id = 0; id < 4; ++id) CheckCommand({hour, id});
    }
    CheckScans();
    CheckWalks(seen.shelf);
  }

  void CheckHash() { RC_ASSERT(shop_->store->StateHash() == shop_->store->RecomputeStateHash()); }

 private:
  struct InFlight {
    std::uint64_t seq;
    Rows after;
  };

  void Open(store::Failpoint failpoint) {
    shop_.reset();
    store::StoreOptions options{.directory = directory_.path() / "shard", .schema = "v1"};
    options.cache_bytes = 2'000;
    options.file_bytes = 2'000;
    options.failpoint = std::move(failpoint);
    auto opened = TryOpenShop(resources_, std::move(options));
    RC_ASSERT(opened.ok());
    shop_ = *std::move(opened);
    // A flush that was under way ended or failed; rows are those of exactly one position.
    const std::string position = shop_->store->stored_position();
    const std::int64_t stored = position.empty() ? 0 : std::stoll(position);
    RC_ASSERT(stored >= stored_);
    stored_ = stored;
    confirmed_ = at_.at(stored);
    in_flight_.clear();
    CheckAll();
    CheckHash();
  }
  void Reopen() { Open({}); }

  // Confirms rows of ConfirmedTables while records may be in flight.
  template <class Change>
  void Confirm(Change change) {
    store::Store::WriteSection section(*shop_->store);
    change(*shop_);
    EndOfRecord(section);
  }
  void EndOfRecord(store::Store::WriteSection& section) {
    section.SetPosition(std::to_string(++positions_));
    at_[positions_] = confirmed_;
  }

  void ChangeSome(Rows& rows) {
    for (std::int64_t left = 1 + Below(3); left > 0; --left) {
      const bool first = Below(2) == 0;
      Table<StockKey, Stock>& stock = shop_->stock;
      Table<StockKey, Stock>& shelf = shop_->shelf;
      auto& table = first ? stock : shelf;
      auto& model = first ? rows.stock : rows.shelf;
      const StockKey key = AnyKey();
      if (Below(3) == 0) {
        table.Erase(key);
        model.erase(key);
      } else {
        const Stock row = AnyStock();
        table.Put(key, row);
        model[key] = row;
      }
    }
  }

  void Speculate() {
    Rows rows = in_flight_.empty() ? confirmed_ : in_flight_.back().after;
    shop_->store->Speculate(++seq_);
    ChangeSome(rows);
    in_flight_.push_back({seq_, std::move(rows)});
  }

  void Promote() {
    if (in_flight_.empty()) return;
    const auto last = Below(static_cast<std::int64_t>(in_flight_.size()));
    const InFlight& through = in_flight_[static_cast<std::size_t>(last)];
    store::Store::WriteSection section(*shop_->store);
    section.Promote(through.seq);
    confirmed_.stock = through.after.stock;
    confirmed_.shelf = through.after.shelf;
    EndOfRecord(section);
    in_flight_.erase(in_flight_.begin(), in_flight_.begin() + last + 1);
  }

  void Drop() {
    shop_->store->DropSpeculation();
    in_flight_.clear();
  }

  void Follow() {
    Drop();
    store::Store::WriteSection section(*shop_->store);
    section.Direct();
    ChangeSome(confirmed_);
    EndOfRecord(section);
  }

  void PutCommands() {
    Confirm([this](Shop& shop) {
      for (int i = 0; i < 3; ++i) {
        const CommandKey key{Below(8), static_cast<std::uint64_t>(Below(4))};
        const StockKey view = AnyKey();
        const std::int64_t value = Below(100);
        shop.commands.Put(key, {value});
        confirmed_.commands[key] = value;
        shop.view.Put(view, {value});
        confirmed_.view[view] = value;
      }
    });
  }

  void DropOldCommands() {
    Confirm([this](Shop& shop) {
      const CommandKey bound{Below(6), 3};
      shop.commands.EraseBefore(bound);
      std::erase_if(confirmed_.commands,
                    [&](const auto& row) { return row.first.hour < bound.hour; });
    });
  }

  void DropOldView() {
    Confirm([this](Shop& shop) {
      const StockKey bound = AnyKey();
      shop.view.EraseBefore(bound);
      std::erase_if(confirmed_.view, [&](const auto& row) { return row.first < bound; });
    });
  }

  void BeginFlush() { shop_->store->MaybeFlush(Time{}, true); }
  void Flush() {
    RC_ASSERT(shop_->store->FlushAll().ok());
    stored_ = std::stoll("0" + shop_->store->stored_position());
    RC_ASSERT(shop_->store->stored_position() == shop_->position());
  }

  // A flush that fails at some step, and a process that then ends.
  void FailFlush() {
    const std::vector<std::string> steps{"begun", "file_opened", "file_finished", "written",
                                         "ingested"};
    const std::string failing = steps[static_cast<std::size_t>(Below(5))];
    Open([failing](std::string_view step) {
      return step == failing ? absl::ResourceExhaustedError("planted") : absl::OkStatus();
    });
    Follow();
    RC_ASSERT(absl::IsResourceExhausted(shop_->store->FlushAll()));
    RC_ASSERT(!shop_->store->healthy());
    CheckAll();
    const std::int64_t before = stored_;
    Reopen();
    RC_ASSERT(stored_ == (failing == "ingested" ? positions_ : before));
  }

  void CheckKey(const StockKey& key, const Rows& seen) {
    const auto row = [](const auto& rows, const StockKey& at) {
      const auto found = rows.find(at);
      return found == rows.end() ? nullptr : &found->second;
    };
    const auto same = [](const Stock* found, const Stock* wanted) {
      return found == nullptr ? wanted == nullptr : wanted != nullptr && *found == *wanted;
    };
    RC_ASSERT(same(shop_->stock.Find(key), row(seen.stock, key)));
    RC_ASSERT(same(shop_->shelf.Find(key), row(seen.shelf, key)));
    const std::optional<Stock> stock = shop_->stock.FindConfirmed(key);
    const std::optional<Stock> shelf = shop_->shelf.FindConfirmed(key);
    RC_ASSERT(same(stock ? &*stock : nullptr, row(confirmed_.stock, key)));
    RC_ASSERT(same(shelf ? &*shelf : nullptr, row(confirmed_.shelf, key)));
    CheckLast(key);
  }

  void CheckLast(const StockKey& key) {
    auto after = confirmed_.shelf.upper_bound(key);
    const bool any = after != confirmed_.shelf.begin() && std::prev(after)->first.sku == key.sku;
    const auto found = shop_->shelf.FindLastAtOrBefore(key, LeadingFields(key.sku));
    RC_ASSERT(found.has_value() == any);
    if (any) RC_ASSERT(found->first == std::prev(after)->first);
    if (any) RC_ASSERT(found->second == std::prev(after)->second);
  }

  void CheckCommand(const CommandKey& key) {
    const auto wanted = confirmed_.commands.find(key);
    const Count* found = shop_->commands.Find(key);
    RC_ASSERT((found == nullptr) == (wanted == confirmed_.commands.end()));
    if (found != nullptr) RC_ASSERT(found->value == wanted->second);
    RC_ASSERT(shop_->commands.FindConfirmed(key).has_value() == (found != nullptr));
  }

  // As deciders see the rows: in the store and in a table of tests, from some key on, up to some
  // row of those that begin with its name.
  void CheckWalks(const std::map<StockKey, Stock>& seen) {
    MapTable<StockKey, Stock> map;
    map.rows = seen;
    const StockKey from = AnyKey();
    const StockKey within = AnyKey();
    const auto stop = static_cast<std::size_t>(1 + Below(6));
    std::vector<std::pair<StockKey, Stock>> wanted;
    for (auto at = seen.lower_bound(from); at != seen.end() && wanted.size() < stop; ++at) {
      if (at->first.sku == within.sku) wanted.emplace_back(*at);
    }
    for (const OrderedTable<StockKey, Stock>* table :
         {static_cast<const OrderedTable<StockKey, Stock>*>(&map),
          static_cast<const OrderedTable<StockKey, Stock>*>(&shop_->shelf)}) {
      std::vector<std::pair<StockKey, Stock>> walked;
      table->Walk(LeadingFields(within.sku), from, [&](const StockKey& key, const Stock& row) {
        walked.emplace_back(key, row);
        return walked.size() < stop;
      });
      RC_ASSERT(walked == wanted);
    }
  }

  void CheckScans() {
    std::map<StockKey, Stock> shelf;
    std::vector<StockKey> order;
    shop_->shelf.Scan(StockKey{"", Location(-1)}, [&](const StockKey& key, const Stock& row) {
      shelf[key] = row;
      order.push_back(key);
      return true;
    });
    RC_ASSERT(shelf == confirmed_.shelf);
    RC_ASSERT(std::is_sorted(order.begin(), order.end()));
    RC_ASSERT(order.size() == shelf.size());
    std::map<StockKey, std::int64_t> view;
    shop_->view.Scan(LeadingFields(std::string("a")), [&](const StockKey& key, const Count& row) {
      view[key] = row.value;
      return true;
    });
    std::map<StockKey, std::int64_t> wanted = confirmed_.view;
    std::erase_if(wanted, [](const auto& row) { return row.first.sku != "a"; });
    RC_ASSERT(view == wanted);
  }

  TempDirectory directory_;
  store::Resources resources_;
  std::unique_ptr<Shop> shop_;
  Rows confirmed_;
  std::vector<InFlight> in_flight_;
  std::map<std::int64_t, Rows> at_{{0, Rows{}}};  // By position.
  std::int64_t stored_ = 0;
  std::int64_t positions_ = 0;
  std::uint64_t seq_ = 0;
};

TEST_CASE("A store holds what a map would, over any flushes, failures and reopenings", "[store]") {
  CHECK(rc::check([] {
    const auto steps = *rc::gen::container<std::vector<Step>>(
        rc::gen::weightedElement<Step>({{8, Step::kSpeculate},
                                        {6, Step::kPromote},
                                        {1, Step::kDrop},
                                        {3, Step::kFollow},
                                        {4, Step::kCommands},
                                        {3, Step::kCheck},
                                        {4, Step::kBeginFlush},
                                        {3, Step::kFlush},
                                        {1, Step::kReopen},
                                        {1, Step::kFailFlush},
                                        {1, Step::kDropOldCommands},
                                        {1, Step::kDropOldView}}));
    Model model;
    for (const Step step : steps) model.Take(step);
    model.CheckAll();
    model.CheckHash();
    model.Take(Step::kReopen);
  }));
}

TEST_CASE("The state hash is the same whenever rows are flushed and counted", "[store]") {
  CHECK(rc::check([] {
    TempDirectory directory;
    store::Resources resources;
    const auto often = OpenShop(resources, directory.path() / "often");
    const auto never = OpenShop(resources, directory.path() / "never");
    for (std::int64_t changes = Below(60); changes > 0; --changes) {
      const StockKey key = AnyKey();
      const Stock row = AnyStock();
      const bool erase = Below(3) == 0;
      for (Shop* shop : {often.get(), never.get()}) {
        shop->Apply(std::to_string(changes), [&](Shop& to) {
          Table<StockKey, Stock>& stock = to.stock;
          Table<StockKey, Stock>& shelf = to.shelf;
          auto& table = row.on_hand % 2 == 0 ? stock : shelf;
          erase ? table.Erase(key) : table.Put(key, row);
          to.commands.Put({row.on_hand % 4, 1}, {changes});
          if (changes % 16 == 0) to.commands.EraseBefore({row.on_hand % 4, 0});
        });
      }
      if (Below(4) == 0) often->store->MaybeFlush(Time{}, true);
      if (Below(8) == 0) RC_ASSERT(often->store->FlushAll().ok());
      if (Below(4) == 0) often->store->StateHash();
    }
    RC_ASSERT(often->store->StateHash() == never->store->StateHash());
    RC_ASSERT(never->store->StateHash() == never->store->RecomputeStateHash());
  }));
}

}  // namespace
}  // namespace omo::testing
