// What the store costs by itself: rates per row, on one thread, no Kafka and no gRPC.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "libs/store/store.h"
#include "libs/store/table.h"

namespace omo::store {
namespace {

struct LineKey {
  std::string sku;
  std::string reservation;
  static auto Fields(auto& self) { return std::tie(self.sku, self.reservation); }
  bool operator==(const LineKey&) const = default;
};
struct Line {
  std::int64_t quantity = 0;
  std::int64_t expires_at = 0;
  std::string channel;
  static auto Fields(auto& self) { return std::tie(self.quantity, self.expires_at, self.channel); }
};

// Keys of the lengths that inventory has: a SKU and a UUID.
LineKey KeyOf(std::uint64_t number) {
  char sku[16];
  char reservation[40];
  std::snprintf(sku, sizeof sku, "SKU-%06llu", static_cast<unsigned long long>(number % 10'000));
  std::snprintf(reservation, sizeof reservation, "01890a5d-ac96-774b-bcce-%012llx",
                static_cast<unsigned long long>(MixHash(3, number) & 0xFFFFFFFFFFFF));
  return {sku, reservation};
}
std::vector<LineKey> Keys(std::int64_t count) {
  std::vector<LineKey> keys;
  for (std::int64_t i = 0; i < count; ++i) keys.push_back(KeyOf(static_cast<std::uint64_t>(i)));
  return keys;
}

struct Bench {
  std::filesystem::path directory = std::filesystem::temp_directory_path() / "omo-store-bench";
  Resources resources;
  std::unique_ptr<Store> store;
  std::unique_ptr<ShardTable<LineKey, Line>> lines;
  std::unique_ptr<ShardTable<LineKey, Line, KeyOrder>> ordered;

  Bench() {
    (void)Store::Wipe(directory);
    Open(32 << 20);
  }
  ~Bench() {
    Close();
    (void)Store::Wipe(directory);
  }
  void Open(std::int64_t cache_bytes) {
    StoreOptions options{.directory = directory, .schema = "bench"};
    options.cache_bytes = cache_bytes;
    options.flush_bytes = 1LL << 40;
    store = *Store::Open(std::move(options), resources);
    lines = std::make_unique<ShardTable<LineKey, Line>>(*store,
                                                        TableOptions{.prefix = 1, .name = "lines"});
    ordered = std::make_unique<ShardTable<LineKey, Line, KeyOrder>>(
        *store, TableOptions{.prefix = 2, .name = "ordered"});
  }
  void Close() {
    lines.reset();
    ordered.reset();
    store.reset();
  }
};

void Report(benchmark::State& state, std::int64_t rows) {
  state.counters["rows"] =
      benchmark::Counter(static_cast<double>(rows), benchmark::Counter::kIsRate);
}

// Direct puts of new rows, and again over them.
template <class TableOf>
void PutRows(benchmark::State& state, TableOf table_of, bool again) {
  const auto keys = Keys(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    auto bench = std::make_unique<Bench>();
    auto& table = table_of(*bench);
    const auto put_all = [&] {
      Store::WriteSection section(*bench->store);
      section.Direct();
      for (const LineKey& key : keys) table.Put(key, {1, 1'700'000'000'000, "app"});
    };
    if (again) put_all();
    state.ResumeTiming();
    put_all();
    state.PauseTiming();
    bench.reset();
    state.ResumeTiming();
  }
  Report(state, state.range(0) * static_cast<std::int64_t>(state.iterations()));
}
void DirectPutNew(benchmark::State& state) {
  PutRows(
      state, [](Bench & bench) -> auto& { return *bench.lines; }, false);
}
void DirectPutAgain(benchmark::State& state) {
  PutRows(
      state, [](Bench & bench) -> auto& { return *bench.lines; }, true);
}
void DirectPutNewKeyOrder(benchmark::State& state) {
  PutRows(
      state, [](Bench & bench) -> auto& { return *bench.ordered; }, false);
}
BENCHMARK(DirectPutNew)->Arg(500'000)->Unit(benchmark::kMillisecond)->Iterations(2);
BENCHMARK(DirectPutAgain)->Arg(500'000)->Unit(benchmark::kMillisecond)->Iterations(2);
BENCHMARK(DirectPutNewKeyOrder)->Arg(500'000)->Unit(benchmark::kMillisecond)->Iterations(2);

// A decision's worth: find and put a row in flight, promoted 64 records later. `keys` distinct
// rows.
void SpeculateAndPromote(benchmark::State& state) {
  Bench bench;
  const auto keys = Keys(state.range(0));
  std::uint64_t seq = 0;
  for (auto _ : state) {
    for (int i = 0; i < 64; ++i) {
      bench.store->Speculate(++seq);
      const LineKey& key = keys[seq % keys.size()];
      Line line = bench.lines->Get(key);
      ++line.quantity;
      bench.lines->Put(key, std::move(line));
    }
    Store::WriteSection section(*bench.store);
    section.Promote(seq - 32);
  }
  Report(state, 64 * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(SpeculateAndPromote)->Arg(1)->Arg(10'000)->Arg(200'000);

// The hash of changed rows, 10,000 at a time.
void HashChanged(benchmark::State& state) {
  Bench bench;
  const auto keys = Keys(10'000);
  for (auto _ : state) {
    state.PauseTiming();
    {
      Store::WriteSection section(*bench.store);
      section.Direct();
      for (const LineKey& key : keys) bench.lines->Put(key, {1, 1'700'000'000'000, "app"});
    }
    state.ResumeTiming();
    benchmark::DoNotOptimize(bench.store->StateHash());
  }
  Report(state, 10'000 * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(HashChanged);

// Encode, sort, write and ingest: `freeze` is what the loop waits for, rows are counted in all.
void Flush(benchmark::State& state) {
  const auto keys = Keys(state.range(0));
  double freeze = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto bench = std::make_unique<Bench>();
    {
      Store::WriteSection section(*bench->store);
      section.Direct();
      section.SetPosition("all");
      for (const LineKey& key : keys) bench->lines->Put(key, {1, 1'700'000'000'000, "app"});
    }
    bench->store->StateHash();
    const auto begin = std::chrono::steady_clock::now();
    state.ResumeTiming();
    bench->store->MaybeFlush(Time{}, true);
    freeze += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    (void)bench->store->FlushAll();
    state.PauseTiming();
    bench.reset();
    state.ResumeTiming();
  }
  Report(state, state.range(0) * static_cast<std::int64_t>(state.iterations()));
  state.counters["freeze_ms"] = 1'000 * freeze / static_cast<double>(state.iterations());
}
BENCHMARK(Flush)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(2)
    ->MeasureProcessCPUTime();

struct Flushed : Bench {
  explicit Flushed(std::int64_t rows) : keys(Keys(rows)) {
    {
      Store::WriteSection section(*store);
      section.Direct();
      for (const LineKey& key : keys) {
        lines->Put(key, {1, 1'700'000'000'000, "app"});
        ordered->Put(key, {1, 1'700'000'000'000, "app"});
      }
      section.SetPosition("all");
    }
    (void)store->FlushAll();
    Close();
    Open(0);
  }
  std::vector<LineKey> keys;
};

void PointReadFromDisk(benchmark::State& state) {
  Flushed bench(state.range(0));
  std::uint64_t number = 0;
  std::int64_t found = 0;
  for (auto _ : state) {
    const std::uint64_t at = MixHash(5, ++number) % bench.keys.size();
    found += bench.lines->FindConfirmed(bench.keys[at]).has_value() ? 1 : 0;
  }
  if (found != static_cast<std::int64_t>(state.iterations())) state.SkipWithError("row lost");
  Report(state, found);
}
BENCHMARK(PointReadFromDisk)->Arg(500'000);

void AbsentReadFromDisk(benchmark::State& state) {
  Flushed bench(state.range(0));
  std::uint64_t number = 0;
  for (auto _ : state) {
    LineKey key = bench.keys[MixHash(5, ++number) % bench.keys.size()];
    key.reservation.back() = 'z';
    benchmark::DoNotOptimize(bench.lines->FindConfirmed(key));
  }
  Report(state, static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(AbsentReadFromDisk)->Arg(500'000);

void ScanDisk(benchmark::State& state) {
  Flushed bench(state.range(0));
  std::int64_t rows = 0;
  for (auto _ : state) {
    bench.ordered->Scan(LineKey{}, [&](const LineKey&, const Line&) { return ++rows, true; });
  }
  Report(state, rows);
}
BENCHMARK(ScanDisk)->Arg(500'000)->Unit(benchmark::kMillisecond);

// One SKU's reservations: what a page of an answer costs.
void ScanOneSku(benchmark::State& state) {
  Flushed bench(state.range(0));
  std::uint64_t number = 0;
  std::int64_t rows = 0;
  for (auto _ : state) {
    const LineKey& key = bench.keys[++number % bench.keys.size()];
    bench.ordered->Scan(LeadingFields(key.sku),
                        [&](const LineKey&, const Line&) { return ++rows, true; });
  }
  Report(state, rows);
}
BENCHMARK(ScanOneSku)->Arg(500'000);

}  // namespace
}  // namespace omo::store

BENCHMARK_MAIN();
