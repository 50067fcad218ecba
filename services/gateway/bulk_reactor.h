// A bulk stream of commands through the gateway: each call goes to the owner of its key over one
// stream an owner, bytes untouched, and its outcome comes back under the caller's number.
//
// What libs/rpc/shard_client.h does for one call is done here for each: NOT_OWNER is followed,
// a broken or silent owner's calls go to who owns their shards then, with the same bytes, until
// the call's deadline; every call is answered once. Repeats are safe: every command has an id.
#pragma once

#include <grpcpp/alarm.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "libs/rpc/bulk_stream.h"
#include "services/gateway/authenticator.h"
#include "services/gateway/bulk_owner.h"
#include "services/gateway/gateway_call.h"

namespace omo::gateway {

class BulkReactor final : public rpc::BulkStream {
 public:
  // By path with its slash in front; nullptr: no such method.
  using FindTarget = std::function<const Target*(std::string_view method)>;

  BulkReactor(std::unique_ptr<GatewayCall> call, std::string role, FindTarget find_target);

  // From the owners' streams.
  void OnOwnerWrote(BulkOwner& owner, bool ok);
  void OnOwnerAnswered(BulkOwner& owner, bool ok);
  void OnOwnerDone(BulkOwner& owner, const grpc::Status& status);

 private:
  using Clock = std::chrono::system_clock;

  // A call that is to be answered.
  struct Item {
    rpc::BulkTicket ticket;
    const Target* target = nullptr;
    ShardId shard = 0;
    std::string request;
    Clock::time_point deadline;
    BulkOwner* owner = nullptr;         // Who has it; null while it waits for the next attempt.
    rpc::Endpoint* endpoint = nullptr;  // Of the last attempt.
    rpc::Endpoint* next = nullptr;      // Where to try next, if not where the table says.
    std::int64_t sent_ms = 0;
    Duration backoff{0};
    int hints_followed = 0;         // In a row.
    bool may_have_arrived = false;  // Some attempt ended without proof that it wrote nothing.
  };

  void Take(const rpc::BulkCall& call, const rpc::BulkTicket& ticket) override;
  void TakenAll() override;

  // Where calls of a method go; null where `refused` says why not.
  const Target* ChooseTarget(std::string_view method, grpc::Status& refused);

  // All below with mutex_ held.
  void Abandon() override;
  void Close() override;
  bool Idle() const override { return owners_running_ == 0 && !ticking_; }
  void NoteEnd(const grpc::Status& status) override;

  void Attempt(std::uint64_t number, Item& item);
  BulkOwner& OwnerAt(rpc::Endpoint& endpoint);
  void SendAll();
  void OnFailure(std::uint64_t number, Item& item, const grpc::Status& status, bool left);
  void Repeat(std::uint64_t number, Item& item, const grpc::Status& status);
  void Wait(std::uint64_t number, Item& item, const grpc::Status& status);
  void GiveUp(std::uint64_t number, Item& item, const grpc::Status& status);
  void Erase(std::uint64_t number);

  void Tick();
  void OnTick();
  void RetryDue(Clock::time_point now);
  void EndOverdue(Clock::time_point now);
  void LeaveSilent();

  const std::unique_ptr<GatewayCall> call_;
  const Identity identity_;  // The role only.
  const FindTarget find_target_;

  // Of the thread that takes calls.
  std::string method_;  // Of the last call; its target.
  const Target* target_ = nullptr;
  std::vector<Item> taken_;

  std::uint64_t last_number_ = 0;  // Calls get new numbers on their way to the owners.
  std::unordered_map<std::uint64_t, Item> items_;
  std::multimap<Clock::time_point, std::uint64_t> waiting_;  // For their next attempt.
  std::map<rpc::Endpoint*, BulkOwner*> owners_;              // The usable ones.
  std::size_t owners_running_ = 0;                           // All that are not done.
  std::optional<grpc::Alarm> alarm_;
  Clock::time_point tick_at_;
  bool ticking_ = false;
  bool closed_ = false;
};

}  // namespace omo::gateway
