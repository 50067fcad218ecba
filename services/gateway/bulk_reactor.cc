#include "services/gateway/bulk_reactor.h"

#include <algorithm>
#include <set>
#include <utility>

#include "libs/rpc/errors.h"
#include "libs/rpc/retry.h"
#include "libs/rpc/route_key.h"

namespace omo::gateway {
namespace {

constexpr Duration kTickMax{250};
constexpr Duration kRetryAfter{50};
constexpr std::size_t kCallBytesMax = (4 << 20) - (4 << 10);

rpc::BulkLimits StreamLimits(const GatewayLimits& limits) {
  return {.calls_max = static_cast<std::size_t>(limits.bulk_calls_max),
          .message_bytes_max = static_cast<std::size_t>(limits.message_bytes_max)};
}

}  // namespace

BulkReactor::BulkReactor(std::unique_ptr<GatewayCall> call, std::string role,
                         FindTarget find_target)
    : BulkStream(StreamLimits(call->shared.limits)),
      call_(std::move(call)),
      identity_{.role = std::move(role)},
      find_target_(std::move(find_target)) {
  Start();
}

// --- from the caller
// ------------------------------------------------------------------------------

const Target* BulkReactor::ChooseTarget(std::string_view method, grpc::Status& refused) {
  if (target_ != nullptr && method == method_) return target_;
  target_ = nullptr;
  const Target* const found = method.empty() ? nullptr : find_target_("/" + std::string(method));
  if (method.empty()) {
    refused = rpc::InvalidArgument("method", "REQUIRED", "the first call of a message names it");
  } else if (found == nullptr) {
    refused = rpc::Fault("UNKNOWN_METHOD", "no such method: " + std::string(method));
  } else if (found->route->kind != type::v1::ROUTE_KIND_KEY || found->route->streaming) {
    refused = rpc::Fault("BULK_NOT_SUPPORTED", "not of one shard: " + std::string(method));
  } else {
    refused = Authorize(*found->route, identity_);
    if (refused.ok()) target_ = found;
  }
  method_ = method;
  return target_;
}

void BulkReactor::Take(const rpc::BulkCall& call, const rpc::BulkTicket& ticket) {
  grpc::Status status;
  const Target* const target = ChooseTarget(call.method, status);
  if (target == nullptr) return Answer(ticket, status);
  // An owner takes it in a message of its own, with some bytes around it.
  if (call.request.size() > kCallBytesMax) {
    return Answer(ticket,
                  rpc::Fault("MESSAGE_TOO_LARGE", "the call is larger than an owner takes",
                             std::vector<Detail>{{"bytes", std::to_string(call.request.size())},
                                                 {"bytes_max", std::to_string(kCallBytesMax)}}));
  }
  Item item{.ticket = ticket, .target = target};
  status = rpc::FindShard(*target->route, call.request, target->client->shard_count(), item.shard);
  if (status.ok() && !call_->shared.bulk_calls.Enter(1)) {
    status = rpc::Overloaded("calls of bulk streams", kRetryAfter);
  }
  if (!status.ok()) return Answer(ticket, status);
  item.request = call.request;
  taken_.push_back(std::move(item));
}

void BulkReactor::TakenAll() {
  const auto deadline = CallDeadline(call_->shared.limits, call_->deadline);
  const std::lock_guard lock(mutex_);
  for (Item& taken : taken_) {
    taken.deadline = deadline;
    const std::uint64_t number = ++last_number_;
    Item& item = items_.emplace(number, std::move(taken)).first->second;
    abandoned() ? (ForgetLocked(item.ticket), Erase(number)) : Attempt(number, item);
  }
  taken_.clear();
  SendAll();
  Tick();
}

void BulkReactor::Abandon() {
  for (const auto& [number, item] : items_) {
    ForgetLocked(item.ticket);
    call_->shared.bulk_calls.Leave(1);
  }
  items_.clear();
  waiting_.clear();
}

void BulkReactor::Close() {
  if (std::exchange(closed_, true)) return;
  for (const auto& [endpoint, owner] : owners_) owner->Cancel();
  owners_.clear();
  if (ticking_) alarm_->Cancel();
}

void BulkReactor::NoteEnd(const grpc::Status& status) {
  call_->shared.NoteEnd(status.error_code(), call_->began);
}

// --- to and from the owners
// -----------------------------------------------------------------------

void BulkReactor::Attempt(std::uint64_t number, Item& item) {
  const rpc::OwnerTable& table = item.target->client->owners();
  rpc::Endpoint* endpoint = std::exchange(item.next, nullptr);
  if (endpoint == nullptr) endpoint = table.Find(item.shard);
  if (endpoint == nullptr) endpoint = table.Any(item.endpoint);
  if (endpoint == nullptr) endpoint = item.endpoint;
  if (endpoint == nullptr) {
    return Wait(number, item, rpc::NoOwner(item.target->client->service(), item.shard));
  }
  item.endpoint = endpoint;
  item.owner = &OwnerAt(*endpoint);
  item.sent_ms = rpc::SteadyMillis();
  const std::string_view path = item.target->route->method;
  item.owner->Add(number, path.substr(1), item.request);
}

BulkOwner& BulkReactor::OwnerAt(rpc::Endpoint& endpoint) {
  BulkOwner*& owner = owners_[&endpoint];
  if (owner == nullptr || !owner->usable()) {
    owner = new BulkOwner(*this, endpoint, *call_);
    ++owners_running_;
  }
  return *owner;
}

void BulkReactor::SendAll() {
  for (const auto& [endpoint, owner] : owners_) owner->Send();
}

void BulkReactor::OnOwnerWrote(BulkOwner& owner, bool ok) {
  const std::lock_guard lock(mutex_);
  owner.NoteWritten(ok);
}

void BulkReactor::OnOwnerAnswered(BulkOwner& owner, bool ok) {
  std::unique_lock lock(mutex_);
  if (ok) {
    owner.endpoint().NoteAnswer(rpc::SteadyMillis());
    const rpc::FlatBytes bytes(owner.answers());
    rpc::BulkAnswerReader reader(bytes.view());
    for (rpc::BulkAnswer answer; reader.Next(answer);) {
      const auto found = items_.find(answer.number);
      if (found == items_.end() || found->second.owner != &owner) continue;  // Given up before.
      Item& item = found->second;
      const grpc::Status error =
          answer.failed ? rpc::ReadBulkError(answer.error) : grpc::Status::OK;
      if (answer.failed && rpc::MayRepeat(error)) {
        Repeat(answer.number, item, error);
        continue;
      }
      AnswerLocked(item.ticket, answer.outcome);
      Erase(answer.number);
    }
    SendAll();
    Tick();
  }
  owner.NoteRead(ok);
  EndIfOver(std::move(lock));
}

// Nobody knows which of its calls got through.
void BulkReactor::OnOwnerDone(BulkOwner& owner, const grpc::Status& status) {
  std::unique_lock lock(mutex_);
  --owners_running_;
  const auto current = owners_.find(&owner.endpoint());
  if (current != owners_.end() && current->second == &owner) owners_.erase(current);
  std::vector<std::uint64_t> orphans;
  for (const auto& [number, item] : items_) {
    if (item.owner == &owner) orphans.push_back(number);
  }
  for (const std::uint64_t number : orphans)
    OnFailure(number, items_.at(number), status, owner.left());
  SendAll();
  Tick();
  EndIfOver(std::move(lock));
}

// What follows when the stream to its owner ended; `left`: by us, for the owner's silence.
void BulkReactor::OnFailure(std::uint64_t number, Item& item, const grpc::Status& status,
                            bool left) {
  item.owner = nullptr;
  if (left) {
    item.may_have_arrived = true;
    return Attempt(number, item);
  }
  if (status.ok()) {
    return Repeat(number, item, grpc::Status(grpc::UNAVAILABLE, "the owner ended the stream"));
  }
  if (rpc::MayRepeat(status)) return Repeat(number, item, status);
  item.may_have_arrived = true;  // The end of a stream is no answer to a call.
  GiveUp(number, item, status);
}

void BulkReactor::Repeat(std::uint64_t number, Item& item, const grpc::Status& status) {
  const rpc::ErrorInfo error = rpc::ReadError(status);
  item.owner = nullptr;
  if (error.reason.empty()) {
    // Ask another instance: it knows the new owner, or says that the old one still is.
    item.may_have_arrived = true;
    item.next = item.target->client->owners().Any(item.endpoint);
    return Wait(number, item, status);
  }
  if (error.reason != "NOT_OWNER") return Wait(number, item, status);
  const rpc::OwnerHint hint = error.Hint();
  if (hint.address.empty()) return Wait(number, item, status);
  item.target->client->owners().Hint(item.shard, hint);
  item.next = &item.target->client->EndpointAt(hint.address);
  if (item.next == item.endpoint || ++item.hints_followed > rpc::kHintsInARowMax) {
    return Wait(number, item, status);
  }
  Attempt(number, item);
}

void BulkReactor::Wait(std::uint64_t number, Item& item, const grpc::Status& status) {
  item.hints_followed = 0;
  item.backoff = rpc::NextBackoff(item.backoff);
  const auto at = Clock::now() + item.backoff;
  if (at >= item.deadline) return GiveUp(number, item, status);
  waiting_.emplace(at, number);
}

void BulkReactor::GiveUp(std::uint64_t number, Item& item, const grpc::Status& status) {
  AnswerLocked(item.ticket, item.may_have_arrived ? rpc::OutcomeUnknown("") : status);
  Erase(number);
}

void BulkReactor::Erase(std::uint64_t number) {
  items_.erase(number);
  call_->shared.bulk_calls.Leave(1);
}

// --- by the clock
// ---------------------------------------------------------------------------------

// While calls are open, a look at them now and then, and when one is to be tried again.
void BulkReactor::Tick() {
  if (items_.empty() || closed_) return;
  auto at = Clock::now() + kTickMax;
  if (!waiting_.empty()) at = std::min(at, waiting_.begin()->first);
  if (ticking_) {
    if (at < tick_at_) alarm_->Cancel();  // Which ticks.
    return;
  }
  ticking_ = true;
  tick_at_ = at;
  alarm_.emplace();
  alarm_->Set(at, [this](bool /*ok*/) { OnTick(); });
}

void BulkReactor::OnTick() {
  std::unique_lock lock(mutex_);
  ticking_ = false;
  const auto now = Clock::now();
  RetryDue(now);
  EndOverdue(now);
  LeaveSilent();
  SendAll();
  Tick();
  EndIfOver(std::move(lock));
}

void BulkReactor::RetryDue(Clock::time_point now) {
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    const std::uint64_t number = waiting_.begin()->second;
    waiting_.erase(waiting_.begin());
    const auto found = items_.find(number);
    if (found != items_.end() && found->second.owner == nullptr) Attempt(number, found->second);
  }
}

// Whoever has it may decide it yet: its answer comes too late.
void BulkReactor::EndOverdue(Clock::time_point now) {
  std::vector<std::uint64_t> overdue;
  for (auto& [number, item] : items_) {
    if (item.deadline <= now) overdue.push_back(number);
  }
  for (const std::uint64_t number : overdue) {
    Item& item = items_.at(number);
    item.may_have_arrived |= item.owner != nullptr;
    GiveUp(number, item, rpc::NoOwner(item.target->client->service(), item.shard));
  }
}

// Owners that say nothing while calls wait for them, though another may know better. All that an
// owner has goes on elsewhere: by the table it would come back to where nobody answers.
void BulkReactor::LeaveSilent() {
  const std::int64_t now_ms = rpc::SteadyMillis();
  std::set<BulkOwner*> silent;
  for (const auto& [number, item] : items_) {
    if (item.owner == nullptr || !item.owner->usable()) continue;
    if (now_ms - item.sent_ms < rpc::kSilentMsMax) continue;
    if (now_ms - item.endpoint->answered_ms() < rpc::kSilentMsMax) continue;
    if (item.target->client->owners().Any(item.endpoint) != nullptr) silent.insert(item.owner);
  }
  if (silent.empty()) return;
  for (auto& [number, item] : items_) {
    if (!silent.contains(item.owner)) continue;
    const rpc::OwnerTable& table = item.target->client->owners();
    rpc::Endpoint* owner = table.Find(item.shard);
    item.next = owner != item.endpoint ? owner : nullptr;
    if (item.next == nullptr) item.next = table.Any(item.endpoint);
  }
  for (BulkOwner* owner : silent) owner->Cancel();
}

}  // namespace omo::gateway
