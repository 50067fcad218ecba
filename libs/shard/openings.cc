#include "libs/shard/openings.h"

#include <chrono>
#include <string>
#include <utility>

#include "libs/shard/stored_position.h"
#include "libs/telemetry/log_line.h"

namespace omo::shard {
namespace {

constexpr std::size_t kThreadsMax = 2;  // A copy that hangs holds up one other at most.
constexpr std::chrono::milliseconds kReadersLook{1};

Origin OriginOf(const store::Store& store) {
  return store.stored_position().empty() ? Origin::kNothing : Origin::kHere;
}

}  // namespace

Openings::Openings(const RuntimeOptions& options, const Runtime::Parts& parts,
                   store::Resources& resources, MakeInstance make_instance,
                   std::function<void()> opened)
    : options_(options),
      parts_(parts),
      resources_(resources),
      make_instance_(std::move(make_instance)),
      opened_(std::move(opened)) {}

Openings::~Openings() { Stop(); }

absl::StatusOr<std::unique_ptr<store::Store>> Openings::OpenHere(ShardId shard) {
  const store::StoreOptions options{.directory = DirectoryOf(shard), .schema = options_.schema};
  auto store = store::Store::Open(options, resources_);
  // Of another release's form, too: the log has it all.
  if (store.ok() && !ReadStoredPosition((*store)->stored_position())) {
    store = absl::DataLossError("the position row cannot be read");
  }
  if (!absl::IsDataLoss(store.status())) return store;
  telemetry::Log(telemetry::Level::kWarning, "store damaged: making it anew",
                 {{"shard", shard}, {"why", std::string(store.status().message())}});
  if (absl::Status wiped = store::Store::Wipe(options.directory); !wiped.ok()) return wiped;
  return store::Store::Open(options, resources_);
}

bool Openings::WorthAsking(const store::Store& store) const {
  if (!parts_.copy_from_peer) return false;
  const std::string position = store.stored_position();
  if (position.empty()) return true;
  const auto stored = ReadStoredPosition(position);
  return !stored || WallNow() - stored->now > options_.copy_when_older;
}

void Openings::Begin(Opening opening) {
  const std::lock_guard lock(mutex_);
  queue_.push_back(std::move(opening));
  if (threads_.size() < kThreadsMax) threads_.emplace_back([this] { Work(); });
  wake_.notify_one();
}

std::vector<Opened> Openings::Take() {
  if (!any_.exchange(false)) return {};
  const std::lock_guard lock(mutex_);
  return std::exchange(done_, {});
}

void Openings::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    queue_.clear();
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Openings::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    Opening opening = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    auto instance = Open(opening);
    lock.lock();
    done_.push_back({opening.shard, std::move(opening.skipped), std::move(instance)});
    any_ = true;
    lock.unlock();
    opened_();
    lock.lock();
  }
}

absl::StatusOr<std::shared_ptr<HostedShard>> Openings::Open(Opening& opening) {
  const ShardId shard = opening.shard;
  if (opening.retired != nullptr) {
    if (absl::Status closed = Close(std::move(opening.retired)); !closed.ok()) return closed;
    if (absl::Status wiped = store::Store::Wipe(DirectoryOf(shard)); !wiped.ok()) return wiped;
  }
  std::unique_ptr<store::Store> store = std::move(opening.store);
  if (opening.may_copy && parts_.copy_from_peer && store == nullptr) {
    auto here = OpenHere(shard);
    if (!here.ok()) return here.status();
    store = *std::move(here);
  }
  const bool copied = opening.may_copy && parts_.copy_from_peer && Copy(shard, store);
  if (store == nullptr) {
    auto here = OpenHere(shard);
    if (!here.ok()) return here.status();
    store = *std::move(here);
  }
  const Origin origin = copied ? Origin::kPeer : OriginOf(*store);
  return make_instance_(shard, std::move(store), origin);
}

// Whoever still reads the retired rows finishes within moments.
absl::Status Openings::Close(std::shared_ptr<HostedShard> retired) {
  while (retired.use_count() > 1) {
    if (stopping_) return absl::CancelledError("stopping");
    std::this_thread::sleep_for(kReadersLook);
  }
  retired.reset();
  return absl::OkStatus();
}

// True when `store`'s directory now holds a peer's rows, and `store` is closed. In doubt the rows
// here stay: a copy takes their place only after it was found right.
bool Openings::Copy(ShardId shard, std::unique_ptr<store::Store>& store) {
  const auto here = ReadStoredPosition(store->stored_position()).value_or(StoredPosition{});
  const auto begun = std::chrono::steady_clock::now();
  const CopyWanted wanted{.shard = shard,
                          .log_id = here.reader.log_id,
                          .at_least = here.reader.next_offset + options_.copy_records_min,
                          .directory = options_.data / ("incoming-" + std::to_string(shard))};
  const absl::StatusOr<CopyMade> made = parts_.copy_from_peer(wanted, stopping_);
  absl::Status status = made.status();
  if (status.ok()) status = Check(shard, wanted.directory, *made);
  if (status.ok()) {
    store.reset();
    status = store::Store::InstallCheckpoint(wanted.directory, DirectoryOf(shard));
  }
  if (!status.ok()) {
    (void)store::Store::Wipe(wanted.directory);
    const bool nobody = absl::IsNotFound(status) || absl::IsCancelled(status);
    telemetry::Log(nobody ? telemetry::Level::kInfo : telemetry::Level::kWarning,
                   "no rows from a peer: going on from the log",
                   {{"shard", shard}, {"why", std::string(status.message())}});
    return false;
  }
  const auto took = std::chrono::steady_clock::now() - begun;
  telemetry::Log(telemetry::Level::kInfo, "rows copied from a peer",
                 {{"shard", shard},
                  {"peer", made->peer},
                  {"bytes", made->bytes},
                  {"ms", std::chrono::duration_cast<Duration>(took).count()}});
  return true;
}

// A copy is right when its rows, each of them read, add up to what the peer said they do.
absl::Status Openings::Check(ShardId shard, const std::filesystem::path& copy,
                             const CopyMade& made) {
  auto store = store::Store::Open({.directory = copy, .schema = options_.schema}, resources_);
  if (!store.ok()) return store.status();
  const std::string position = (*store)->stored_position();
  if (position.empty() || position != made.position) {
    return absl::DataLossError("the copy's position is not the one that was sent");
  }
  if (!ReadStoredPosition(position)) return absl::DataLossError("the position cannot be read");
  const auto instance = make_instance_(shard, *std::move(store), Origin::kStandIn);
  const std::uint64_t told = instance->rows().StateHash();
  const std::uint64_t counted = instance->rows().RecomputeStateHash();
  if (!instance->rows().healthy()) return instance->rows().health();
  if (told != made.state_hash || counted != made.state_hash) {
    return absl::DataLossError("the copy's rows do not add up to the state hash that was sent");
  }
  return absl::OkStatus();
}

std::filesystem::path Openings::DirectoryOf(ShardId shard) const {
  return options_.data / ("shard-" + std::to_string(shard));
}

}  // namespace omo::shard
