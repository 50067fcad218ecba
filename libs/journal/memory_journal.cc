#include "libs/journal/memory_journal.h"

#include <algorithm>
#include <utility>

namespace omo::journal {
namespace {

constexpr std::size_t kInFlightMax = 5;  // Of an idempotent producer.
constexpr std::size_t kBatchMax = 4;     // Small, so that schedules split batches often.
const MemoryFaults kHealthy{};

}  // namespace

MemoryJournal::MemoryJournal(MemoryBroker& broker)
    : broker_(broker),
      random_(own_random_),
      faults_(kHealthy),
      simulated_(false),
      producer_(broker.NewProducer()) {}

MemoryJournal::MemoryJournal(MemoryBroker& broker, Random& random, const MemoryFaults& faults)
    : broker_(broker),
      random_(random),
      faults_(faults),
      simulated_(true),
      producer_(broker.NewProducer()) {}

MemoryJournal::~MemoryJournal() {
  for (auto& [shard, lane] : lanes_) AbandonLane(lane);
}

absl::Status MemoryJournal::Append(ShardId shard, const Record& record) {
  const std::size_t size =
      record.key.size() + record.value.size() + record.type.size() + record.id.size() + kFenceBytes;
  if (static_cast<std::int64_t>(size) > max_record_bytes()) {
    return absl::InvalidArgumentError("the record is larger than the journal takes");
  }
  if (Chance(random_, faults_.local_error)) return absl::ResourceExhaustedError("queue full");
  lanes_[shard].queue.push_back(record);
  return absl::OkStatus();
}

void MemoryJournal::Follow(ShardId shard, Offset from) {
  ever_followed_.insert(shard);
  followers_[shard] = {.next = from, .readable = from};
}

void MemoryJournal::Unfollow(ShardId shard) { followers_.erase(shard); }

void MemoryJournal::Fetch(ShardId shard, Offset offset) { fetches_.emplace_back(shard, offset); }

void MemoryJournal::Step() {
  if (!lanes_.empty() && Chance(random_, 0.7)) {
    auto lane = lanes_.begin();
    std::advance(lane, static_cast<std::ptrdiff_t>(Pick(random_, lanes_.size())));
    StepLane(lane->first, lane->second);
  }
  if (!followers_.empty() && !broker_.down()) {
    auto follower = followers_.begin();
    std::advance(follower, static_cast<std::ptrdiff_t>(Pick(random_, followers_.size())));
    const Offset end = broker_.log_end(follower->first);
    Offset& readable = follower->second.readable;
    readable = std::min(end, readable + static_cast<Offset>(1 + Pick(random_, 6)));
  }
  if (reports_.size() > 1 && Chance(random_, faults_.swapped_reports)) {
    std::swap(reports_[0], reports_[1]);
  }
}

void MemoryJournal::StepLane(ShardId shard, Lane& lane) {
  if (!lane.queue.empty() && lane.in_flight.size() < kInFlightMax && Chance(random_, 0.6)) {
    SendBatch(shard, lane);
  }
  if (lane.in_flight.empty()) return;
  if (Chance(random_, faults_.time_out)) return TimeOutOldest(lane);
  if (broker_.down() || TakeOldestForWritten(shard, lane)) return;
  if (Chance(random_, 0.7)) ArriveNext(lane);
}

// It never reaches the log, and is reported as written, nobody knows where.
bool MemoryJournal::TakeOldestForWritten(ShardId shard, Lane& lane) {
  if (lane.in_flight.size() < 2 || broker_.Knows(producer_, shard)) return false;
  if (!Chance(random_, faults_.implied_success)) return false;
  Report(lane.in_flight.front(), kNoOffset, absl::OkStatus());
  lane.in_flight.pop_front();
  broker_.BeginAt(producer_, shard, lane.in_flight.front().number);
  return true;
}

void MemoryJournal::SendBatch(ShardId shard, Lane& lane) {
  MemoryBatch batch{.shard = shard, .producer = producer_, .number = lane.next_number++};
  for (std::size_t count = 1 + Pick(random_, kBatchMax); count > 0 && !lane.queue.empty();
       --count) {
    batch.records.push_back(std::move(lane.queue.front()));
    lane.queue.pop_front();
  }
  lane.in_flight.push_back(std::move(batch));
}

// The oldest batch is given up, its outcome unknown. The producer goes on under a new identity, as
// librdkafka does after a bump of its epoch; the others in flight are sent again under it.
void MemoryJournal::TimeOutOldest(Lane& lane) {
  MemoryBatch lost = std::move(lane.in_flight.front());
  lane.in_flight.pop_front();
  Report(lost, kNoOffset, absl::DeadlineExceededError("timed out"));
  broker_.Abandon(std::move(lost));
  if (Chance(random_, 0.6)) broker_.Fence(producer_);
  producer_ = broker_.NewProducer();
  for (auto& [shard, each] : lanes_) {
    each.next_number = 0;
    for (MemoryBatch& batch : each.in_flight) {
      if (Chance(random_, 0.3)) broker_.Abandon(batch);
      batch.producer = producer_;
      batch.number = each.next_number++;
      batch.arrived = false;
    }
  }
}

void MemoryJournal::ArriveNext(Lane& lane) {
  std::size_t at = 0;
  while (at < lane.in_flight.size() && lane.in_flight[at].arrived) ++at;
  if (at == lane.in_flight.size()) at = 0;
  if (Chance(random_, faults_.reordered_arrival) && at + 1 < lane.in_flight.size()) ++at;
  MemoryBatch& batch = lane.in_flight[at];
  Offset first = kNoOffset;
  switch (broker_.Arrive(batch, faults_, random_, first)) {
    case Arrival::kOutOfOrder:
      if (Chance(random_, 0.7)) return;  // Sent again later.
      return FailAll();
    case Arrival::kFenced:
      return FailAll();
    case Arrival::kRepeatedWithoutOffset:
    case Arrival::kRepeated:
    case Arrival::kStored:
      break;
  }
  batch.arrived = true;
  if (at != 0 || Chance(random_, faults_.lost_acknowledgement)) return;
  Report(batch, first, absl::OkStatus());
  lane.in_flight.pop_front();
}

// A fatal producer: everything it holds is reported failed, a new one takes its place.
void MemoryJournal::FailAll() {
  for (auto& [shard, lane] : lanes_) {
    for (MemoryBatch& batch : lane.in_flight) {
      Report(batch, kNoOffset, absl::AbortedError("the producer is fatal"));
      if (Chance(random_, 0.5)) broker_.Abandon(std::move(batch));
    }
    lane.in_flight.clear();
    if (!lane.queue.empty()) {
      MemoryBatch rest{.shard = shard};
      rest.records.assign(lane.queue.begin(), lane.queue.end());
      Report(rest, kNoOffset, absl::AbortedError("the producer is fatal"));
      lane.queue.clear();
    }
    lane.next_number = 0;
  }
  producer_ = broker_.NewProducer();
}

void MemoryJournal::Report(const MemoryBatch& batch, Offset first, const absl::Status& status) {
  for (std::size_t at = 0; at < batch.records.size(); ++at) {
    const Fence& fence = batch.records[at].fence;
    const Offset offset = first == kNoOffset ? kNoOffset : first + static_cast<Offset>(at);
    reports_.push_back({.shard = batch.shard,
                        .term = fence.term,
                        .nonce = fence.nonce,
                        .seq = fence.seq,
                        .offset = offset,
                        .status = status});
  }
}

void MemoryJournal::AbandonLane(Lane& lane) {
  if (!simulated_) return;
  for (MemoryBatch& batch : lane.in_flight) {
    if (Chance(random_, 0.7)) broker_.Abandon(std::move(batch));
  }
  if (lane.queue.empty() || !Chance(random_, 0.3)) return;
  MemoryBatch rest{.shard = lane.in_flight.empty() ? 0 : lane.in_flight.front().shard,
                   .producer = producer_,
                   .number = lane.next_number};
  for (const auto& [shard, each] : lanes_) {
    if (&each == &lane) rest.shard = shard;
  }
  rest.records.assign(lane.queue.begin(), lane.queue.end());
  broker_.Abandon(std::move(rest));
}

void MemoryJournal::MoveEverything() {
  if (broker_.down()) return;
  for (auto& [shard, lane] : lanes_) {
    while (!lane.queue.empty()) SendBatch(shard, lane);
    while (!lane.in_flight.empty()) ArriveNext(lane);
  }
  for (auto& [shard, follower] : followers_) follower.readable = broker_.log_end(shard);
}

bool MemoryJournal::quiet() const {
  return reports_.empty() && std::all_of(lanes_.begin(), lanes_.end(), [](const auto& lane) {
           return lane.second.queue.empty() && lane.second.in_flight.empty();
         });
}

int MemoryJournal::Poll(JournalSink& sink) {
  if (!simulated_) MoveEverything();
  int told = 0;
  while (!reports_.empty()) {
    const AppendReport report = reports_.front();
    reports_.pop_front();
    sink.OnReport(report);
    ++told;
    if (simulated_ && Chance(random_, 0.2)) break;
  }
  for (auto& [shard, offset] : std::exchange(fetches_, {})) {
    const bool there = offset >= broker_.log_start(shard) && offset < broker_.log_end(shard);
    sink.OnFetched(shard, offset,
                   there ? absl::OkStatus() : absl::OutOfRangeError("no such offset"),
                   there ? broker_.log(shard)[static_cast<std::size_t>(offset)] : Record{});
    ++told;
  }
  std::vector<ShardId> followed;
  for (const auto& [shard, follower] : followers_) followed.push_back(shard);
  for (const ShardId shard : followed) {
    if (const auto found = followers_.find(shard); found != followers_.end()) {
      told += PollFollower(shard, found->second, sink);
    }
  }
  if (broker_.down()) return told;
  for (const ShardId shard : ever_followed_) {
    sink.OnEndSeen(shard, broker_.log_end(shard), Duration{0});
  }
  return told;
}

// The sink may Follow or Unfollow in the middle: the follower is looked up again for each record.
int MemoryJournal::PollFollower(ShardId shard, Follower& follower, JournalSink& sink) {
  int told = 0;
  const Offset start = follower.next;
  if (start > broker_.log_end(shard) || start < broker_.log_start(shard)) {
    if (std::exchange(follower.failure_told, true)) return 0;
    sink.OnReadFailed(shard, ReadFailure::kOutOfRange);
    return 1;
  }
  for (Offset expected = start;; ++expected) {
    const auto found = followers_.find(shard);
    if (found == followers_.end() || found->second.next != expected) return told;
    Follower& now = found->second;
    if (now.next >= std::min(now.readable, broker_.log_end(shard))) break;
    const Record record = broker_.log(shard)[static_cast<std::size_t>(now.next)];
    ++now.next;
    now.end_told = false;
    sink.OnRecord(shard, expected, record);
    ++told;
  }
  Follower& now = followers_.find(shard)->second;
  const bool at_end = now.next == broker_.log_end(shard) && now.readable >= now.next;
  if (at_end && !std::exchange(now.end_told, true)) {
    sink.OnEnd(shard, now.next);
    ++told;
  }
  return told;
}

}  // namespace omo::journal
