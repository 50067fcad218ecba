// One bulk stream of commands in the instance that owns their shards: calls become commands that
// reach the loops a message at a time, outcomes become answers.
#pragma once

#include <google/protobuf/arena.h>
#include <google/protobuf/message_lite.h>

#include <memory>
#include <string_view>
#include <vector>

#include "libs/rpc/bulk_stream.h"
#include "libs/service/command_call.h"
#include "libs/shard/runtime.h"

namespace omo::service {

class CommandMethod;
class BulkService;

class BulkCommands final : public rpc::BulkStream {
 public:
  BulkCommands(const BulkService& service, const grpc::CallbackServerContext& call);

  // --- For CommandMethod::Run, within Take.

  // A message that lives as long as any call of the same turn is unanswered.
  template <class Message>
  Message& New() {
    return *google::protobuf::Arena::CreateMessage<Message>(arena_.get());
  }
  // The way back of one call. `response` is made by New.
  std::unique_ptr<CommandDoor> MakeDoor(const rpc::BulkTicket& ticket,
                                        const google::protobuf::MessageLite& response);
  const Caller& caller() const { return caller_; }
  const shard::Runtime& runtime() const { return runtime_; }

 private:
  class Door;

  void Take(const rpc::BulkCall& call, const rpc::BulkTicket& ticket) override;
  void TakenAll() override;

  const BulkService& service_;
  shard::Runtime& runtime_;
  const Caller caller_;
  std::shared_ptr<google::protobuf::Arena> arena_;  // Of this turn's calls.
  std::vector<shard::Submission> submissions_;      // Of this turn.
};

}  // namespace omo::service
