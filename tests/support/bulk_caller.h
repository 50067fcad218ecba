// One bulk stream of commands (omo.bulk.v1), written and read by a test. Link proto_grpc.
//
//   BulkCaller caller(channel, std::move(context));
//   caller.Add(7, "omo.inventory.v1.InventoryService/ReserveStock", request.SerializeAsString());
//   REQUIRE(caller.Send());
//   const auto answers = caller.Read(1);
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "omo/bulk/v1/bulk_service.grpc.pb.h"
#include "tests/support/catch.h"

namespace omo::testing {

// One thread may write while another reads. What still runs at the end is cancelled.
class BulkCaller {
 public:
  using Answers = std::map<std::uint64_t, bulk::v1::Answer>;  // By the call's number.

  BulkCaller(const std::shared_ptr<grpc::Channel>& channel,
             std::unique_ptr<grpc::ClientContext> context)
      : stub_(bulk::v1::BulkService::NewStub(channel)), context_(std::move(context)) {
    stream_ = stub_->RunCommands(context_.get());
  }
  ~BulkCaller() { context_->TryCancel(); }
  BulkCaller(const BulkCaller&) = delete;
  BulkCaller& operator=(const BulkCaller&) = delete;

  // Puts a call into the next message. An empty method is the call's before it.
  void Add(std::uint64_t number, const std::string& method, const std::string& request) {
    auto* call = message_.add_calls();
    call->set_number(number);
    call->set_method(method);
    call->set_request(request);
  }
  // Sends that message. False: the stream is over.
  bool Send() {
    const bool sent = stream_->Write(message_);
    message_.Clear();
    return sent;
  }
  void WritesDone() { stream_->WritesDone(); }
  // Reads until so many answers are there or the stream ends. No number may come twice.
  Answers Read(std::size_t count) {
    Answers answers;
    bulk::v1::RunCommandsResponse message;
    while (answers.size() < count && stream_->Read(&message)) {
      ++messages_;
      for (const auto& answer : message.answers()) {
        if (answers.emplace(answer.number(), answer).second) continue;
        throw std::runtime_error("answered twice: " + std::to_string(answer.number()));
      }
    }
    return answers;
  }
  // Ends the stream; nothing more comes.
  grpc::Status Finish() {
    stream_->WritesDone();
    bulk::v1::RunCommandsResponse message;
    CHECK_FALSE(stream_->Read(&message));
    return stream_->Finish();
  }
  void Cancel() { context_->TryCancel(); }
  // How many messages of answers came.
  std::size_t messages() const { return messages_; }

 private:
  const std::unique_ptr<bulk::v1::BulkService::Stub> stub_;
  const std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<
      grpc::ClientReaderWriter<bulk::v1::RunCommandsRequest, bulk::v1::RunCommandsResponse>>
      stream_;
  bulk::v1::RunCommandsRequest message_;
  std::size_t messages_ = 0;
};

}  // namespace omo::testing
