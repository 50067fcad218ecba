// The messages of omo.bulk.v1 on bytes: calls and answers are read and written one by one, so that
// the gateway passes them on untouched and a service makes no object a call.
#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/status.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/rpc/wire.h"

namespace omo::rpc {

// One call of a RunCommandsRequest. Views point into the message.
struct BulkCall {
  std::uint64_t number = 0;
  std::string_view method;   // "omo.inventory.v1.InventoryService/ReserveStock"
  std::string_view request;  // Serialized.
};

// Walks over the calls of a RunCommandsRequest.
class BulkCallReader {
 public:
  explicit BulkCallReader(std::string_view message) : reader_(message) {}
  // The next call; its method is the one before it where it names none.
  bool Next(BulkCall& call);
  // Whether the walk ended at bytes that are no such message.
  bool malformed() const { return malformed_ || reader_.malformed(); }

 private:
  WireReader reader_;
  std::string_view method_;
  bool malformed_ = false;
};

// Appends a call to a RunCommandsRequest. Empty `method`: that of the call before it.
void AppendBulkCall(std::string& message, const BulkCall& call);

// One answer of a RunCommandsResponse. Views point into the message.
struct BulkAnswer {
  std::uint64_t number = 0;
  std::string_view outcome;  // The field with the response or the error, tag and all.
  std::string_view error;    // The google.rpc.Status of a call that failed.
  bool failed = false;
};

class BulkAnswerReader {
 public:
  explicit BulkAnswerReader(std::string_view message) : reader_(message) {}
  bool Next(BulkAnswer& answer);
  bool malformed() const { return malformed_ || reader_.malformed(); }

 private:
  WireReader reader_;
  bool malformed_ = false;
};

// Append an answer to a RunCommandsResponse.
void AppendBulkAnswer(std::string& message, std::uint64_t number,
                      const google::protobuf::MessageLite& response);
void AppendBulkAnswer(std::string& message, std::uint64_t number, const grpc::Status& error);
// `outcome` as a BulkAnswer has it.
void AppendBulkAnswer(std::string& message, std::uint64_t number, std::string_view outcome);

// A status of a call from the google.rpc.Status in its answer, as the RPC would have given it.
grpc::Status ReadBulkError(std::string_view error);

}  // namespace omo::rpc
