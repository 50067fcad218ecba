#include "libs/store/store.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include "libs/store/durable.h"
#include "libs/store/store_state.h"

namespace omo::store {
namespace {

// The position row of an open disk. NOT_FOUND when there is none of this form and schema.
absl::StatusOr<PositionRow> ReadPosition(Disk& disk, const std::string& schema) {
  std::string bytes;
  const bool found = disk.holds_rows() && disk.Get(kPositionKey, bytes);
  if (!disk.healthy()) return disk.health();
  std::optional<PositionRow> row = found ? DecodePositionRow(bytes) : std::nullopt;
  if (!row || row->schema != schema) return absl::NotFoundError("no position of this schema");
  return *std::move(row);
}

}  // namespace

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}

Store::~Store() { state_->AwaitFlush(); }

absl::StatusOr<std::unique_ptr<Store>> Store::Open(StoreOptions options, Resources& resources) {
  options.directory = std::filesystem::absolute(options.directory);
  const std::filesystem::path directory = options.directory;
  auto state = std::make_unique<State>(std::move(options), resources);
  SweepRemoved(directory);
  // Twice at most: what the first look finds without a position is taken away.
  for (const bool first : {true, false}) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (!error) std::filesystem::remove_all(IncomingDirectory(directory), error);
    if (error) return FileFailure(directory, error);
    absl::StatusOr<std::unique_ptr<Disk>> disk = Disk::Open(directory, resources);
    if (!disk.ok()) return disk.status();
    state->disk = *std::move(disk);
    absl::StatusOr<PositionRow> row = ReadPosition(*state->disk, state->options.schema);
    if (row.ok()) state->opened = *row;
    if (row.ok() || (absl::IsNotFound(row.status()) && !state->disk->holds_rows())) break;
    if (!absl::IsNotFound(row.status()) || !first) return row.status();
    state->disk.reset();
    if (absl::Status status = RemoveWhole(directory); !status.ok()) return status;
  }
  state->loop.disk = state->disk.get();
  state->loop.state_hash = state->opened.state_hash;
  state->position = state->opened.position;
  state->frozen_position = state->opened.position;
  state->stored_position = state->opened.position;
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

std::unique_ptr<Store> Store::OpenInMemory(std::string schema, Resources& resources) {
  auto state = std::make_unique<State>(StoreOptions{.schema = std::move(schema)}, resources);
  state->disk = Disk::Nowhere();
  state->loop.disk = state->disk.get();
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

absl::Status Store::Wipe(const std::filesystem::path& directory) {
  return RemoveWhole(std::filesystem::absolute(directory));
}

// --- Speculation and write sections.

void Store::Speculate(std::uint64_t seq) {
  LoopState& loop = state_->loop;
  if (seq <= loop.seq && state_->Speculating()) BrokenRule("each Speculate has a higher seq");
  loop.seq = seq;
  const std::int64_t cached = loop.cached_bytes.load(std::memory_order_relaxed);
  if (cached > state_->options.cache_bytes) {
    // A little more than needed, so that not every call has something to do.
    const std::int64_t target = state_->options.cache_bytes / 64 * 63;
    for (const auto& [prefix, table] : state_->tables) table->TrimCache(cached, target);
  }
}

void Store::DropSpeculation() {
  for (const auto& [prefix, table] : state_->tables) table->DropSpeculation();
  state_->loop.seq = 0;
}

Store::WriteSection::WriteSection(Store& store) : store_(store) {
  store_.state_->lock.Lock();
  store_.state_->loop.writing = true;
}

Store::WriteSection::~WriteSection() {
  store_.state_->loop.writing = false;
  store_.state_->loop.direct = false;
  store_.state_->lock.Unlock();
}

void Store::WriteSection::Promote(std::uint64_t through_seq) {
  for (const auto& [prefix, table] : store_.state_->tables) table->Promote(through_seq);
}

void Store::WriteSection::Direct() {
  if (store_.state_->Speculating()) BrokenRule("Direct with rows in flight");
  store_.state_->loop.direct = true;
}

void Store::WriteSection::SetPosition(std::string position) {
  store_.state_->position = std::move(position);
}

// --- Hash and flush.

std::string Store::stored_position() const {
  const std::lock_guard lock(state_->flush_mutex);
  return state_->stored_position;
}

std::uint64_t Store::StateHash() {
  state_->CountPending(SIZE_MAX);
  return state_->loop.state_hash;
}

std::size_t Store::CountSome(std::size_t max) { return state_->CountPending(max); }

std::uint64_t Store::RecomputeStateHash() {
  std::uint64_t sum = 0;
  for (const auto& [prefix, table] : state_->tables) sum += table->Recount();
  return sum;
}

bool Store::FlushDue(Time now) {
  State& state = *state_;
  if (!state.Changed() || state.flushing.load(std::memory_order_acquire) || !healthy())
    return false;
  if (state.options.directory.empty()) return false;
  if (!state.waiting_since) state.waiting_since = now;
  return now - *state.waiting_since >= state.options.flush_interval ||
         state.loop.changed_bytes.load(std::memory_order_relaxed) >= state.options.flush_bytes;
}

void Store::MaybeFlush(Time now, bool force) {
  State& state = *state_;
  const bool can = state.Changed() && !state.flushing.load(std::memory_order_acquire) &&
                   healthy() && !state.options.directory.empty();
  if (FlushDue(now) || (force && can)) state.BeginFlush();
}

absl::Status Store::FlushAll() {
  state_->AwaitFlush();
  if (state_->options.directory.empty()) return health();
  if (state_->Changed() && healthy()) state_->BeginFlush();
  state_->AwaitFlush();
  return health();
}

bool Store::Overfull() const { return changed_bytes() > 4 * state_->options.flush_bytes; }
bool Store::NearOverfull() const { return changed_bytes() > 2 * state_->options.flush_bytes; }
std::int64_t Store::changed_bytes() const {
  return state_->loop.changed_bytes.load(std::memory_order_relaxed);
}

bool Store::State::Speculating() const {
  return std::any_of(tables.begin(), tables.end(),
                     [](const auto& table) { return table.second->Speculating(); });
}

std::size_t Store::State::CountPending(std::size_t max) {
  std::size_t counted = 0;
  for (const auto& [prefix, table] : tables) counted += table->CountPending(max - counted);
  return counted;
}

void Store::State::BeginFlush() {
  CountPending(SIZE_MAX);
  auto plan = std::make_shared<FlushPlan>();
  plan->incoming = IncomingDirectory(options.directory);
  plan->file_bytes = options.file_bytes;
  plan->failpoint = options.failpoint;
  plan->position = {options.schema, position, loop.state_hash, {}};
  for (const auto& [prefix, table] : tables) {
    if (std::vector<BucketSum> sums = table->Sums(); !sums.empty()) {
      plan->position.sums.push_back({prefix, std::move(sums)});
    }
  }
  lock.Lock();
  for (const auto& [prefix, table] : tables) {
    if (auto rows = table->Freeze(plan->dropped)) plan->rows.push_back(std::move(rows));
  }
  lock.Unlock();
  frozen_position = position;
  waiting_since.reset();
  loop.changed_bytes.store(0, std::memory_order_relaxed);
  flushing.store(true, std::memory_order_release);
  resources.Run([this, plan = std::move(plan)] {
    const auto begin = std::chrono::steady_clock::now();
    plan->dropped.clear();
    const absl::StatusOr<std::int64_t> rows = RunFlush(*plan, *disk, resources);
    const auto took = std::chrono::steady_clock::now() - begin;
    EndFlush(*plan, rows, std::chrono::duration_cast<Duration>(took));
  });
}

void Store::State::EndFlush(const FlushPlan& plan, const absl::StatusOr<std::int64_t>& rows,
                            Duration took) {
  if (!rows.ok()) disk->Fail(rows.status());
  const std::lock_guard guard(flush_mutex);
  if (rows.ok()) {
    stored_position = plan.position.position;
    ++figures.flushes;
    figures.flushed_rows += *rows;
    figures.last_flush = took;
    figures.all_flushes += took;
  }
  flushing.store(false, std::memory_order_release);
  flush_ended.notify_all();
}

void Store::State::AwaitFlush() {
  std::unique_lock guard(flush_mutex);
  flush_ended.wait(guard, [this] { return !flushing.load(std::memory_order_acquire); });
}

// --- Any thread.

absl::Status Store::AwaitFlush() const {
  state_->AwaitFlush();
  return health();
}
absl::Status Store::health() const { return state_->disk->health(); }
bool Store::healthy() const { return state_->disk->healthy(); }

StoreFigures Store::figures() const {
  StoreFigures figures;
  {
    const std::lock_guard lock(state_->flush_mutex);
    figures = state_->figures;
  }
  figures.changed_bytes = state_->loop.changed_bytes.load(std::memory_order_relaxed);
  figures.cached_bytes = state_->loop.cached_bytes.load(std::memory_order_relaxed);
  return figures;
}

absl::StatusOr<CheckpointHead> Store::Checkpoint(const std::filesystem::path& target) const {
  std::filesystem::path making = std::filesystem::absolute(target);
  const std::filesystem::path parent = making.parent_path();
  making += ".making";
  std::error_code error;
  if (std::filesystem::exists(target, error)) {
    return absl::AlreadyExistsError(target.string() + " exists");
  }
  std::filesystem::remove_all(making, error);
  if (!error) std::filesystem::create_directories(making, error);
  if (error) return FileFailure(making, error);
  std::string bytes;
  absl::Status status = state_->disk->Checkpoint(RowsDirectory(making), kPositionKey, bytes);
  if (status.ok()) status = Sync(making);
  if (!status.ok()) {
    std::filesystem::remove_all(making, error);  // Its links would keep files from going.
    return status;
  }
  std::optional<PositionRow> row = DecodePositionRow(bytes);
  if (!row) return absl::DataLossError("the position row cannot be read");
  std::filesystem::rename(making, target, error);
  if (error) return FileFailure(target, error);
  if (status = Sync(parent); !status.ok()) return status;
  return CheckpointHead{std::move(row->schema), std::move(row->position), row->state_hash};
}

absl::Status Store::InstallCheckpoint(const std::filesystem::path& from,
                                      const std::filesystem::path& to) {
  const std::filesystem::path place = std::filesystem::absolute(to);
  if (absl::Status status = RemoveWhole(place); !status.ok()) return status;
  std::error_code error;
  std::filesystem::create_directories(place.parent_path(), error);
  if (!error) std::filesystem::rename(from, place, error);
  return error ? FileFailure(place, error) : Sync(place.parent_path());
}

Store::ReadLock::ReadLock(const Store& store) : store_(store) { store_.state_->lock.ReaderLock(); }
Store::ReadLock::~ReadLock() { store_.state_->lock.ReaderUnlock(); }
const std::string& Store::ReadLock::position() const { return store_.state_->position; }

}  // namespace omo::store
