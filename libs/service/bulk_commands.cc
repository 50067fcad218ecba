#include "libs/service/bulk_commands.h"

#include <utility>

#include "libs/rpc/errors.h"
#include "libs/service/bulk_service.h"

namespace omo::service {
namespace {

std::shared_ptr<google::protobuf::Arena> NewArena() {
  google::protobuf::ArenaOptions options;
  options.start_block_size = 4 << 10;
  options.max_block_size = 64 << 10;
  return std::make_shared<google::protobuf::Arena>(options);
}

}  // namespace

class BulkCommands::Door final : public CommandDoor {
 public:
  Door(BulkCommands& stream, const rpc::BulkTicket& ticket,
       const google::protobuf::MessageLite& response)
      : stream_(stream), ticket_(ticket), response_(response), arena_(stream.arena_) {}

  ~Door() override {
    if (!finished_) Finish(rpc::OutcomeUnknown(""));
  }
  void Finish(const grpc::Status& status) override {
    finished_ = true;
    status.ok() ? stream_.Answer(ticket_, response_) : stream_.Answer(ticket_, status);
  }
  void Submit(ShardId shard, std::unique_ptr<shard::Command> command) override {
    command->bulk = true;
    stream_.submissions_.push_back({shard, std::move(command)});
  }

 private:
  BulkCommands& stream_;  // Gone after Finish.
  const rpc::BulkTicket ticket_;
  const google::protobuf::MessageLite& response_;
  const std::shared_ptr<google::protobuf::Arena> arena_;
  bool finished_ = false;
};

BulkCommands::BulkCommands(const BulkService& service, const grpc::CallbackServerContext& call)
    : BulkStream(service.limits()),
      service_(service),
      runtime_(service.runtime()),
      caller_(call),
      arena_(NewArena()) {
  Start();
}

std::unique_ptr<CommandDoor> BulkCommands::MakeDoor(const rpc::BulkTicket& ticket,
                                                    const google::protobuf::MessageLite& response) {
  return std::make_unique<Door>(*this, ticket, response);
}

void BulkCommands::Take(const rpc::BulkCall& call, const rpc::BulkTicket& ticket) {
  const CommandMethod* method = service_.Find(call.method);
  if (method == nullptr) return Answer(ticket, service_.Unknown(call.method));
  method->Run(*this, ticket, call.request);
}

void BulkCommands::TakenAll() {
  arena_ = NewArena();
  runtime_.SubmitAll(std::exchange(submissions_, {}));
}

}  // namespace omo::service
