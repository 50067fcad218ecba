#include "libs/rpc/bulk_message.h"

#include <google/protobuf/io/coded_stream.h>

#include "google/rpc/status.pb.h"
#include "omo/bulk/v1/bulk_service.pb.h"

namespace omo::rpc {
namespace {

using Answer = omo::bulk::v1::Answer;
using Call = omo::bulk::v1::Call;
using google::protobuf::io::CodedOutputStream;

constexpr std::uint32_t kCalls = omo::bulk::v1::RunCommandsRequest::kCallsFieldNumber;
constexpr std::uint32_t kAnswers = omo::bulk::v1::RunCommandsResponse::kAnswersFieldNumber;

bool IsBytes(const WireField& field, std::uint32_t number) {
  return field.number == number && field.type == WireField::Type::kBytes;
}

bool IsVarint(const WireField& field, std::uint32_t number) {
  return field.number == number && field.type == WireField::Type::kVarint;
}

// With its tag; all field numbers here are below 16.
std::size_t VarintFieldSize(std::uint64_t value) {
  return 1 + CodedOutputStream::VarintSize64(value);
}

std::size_t BytesFieldSize(std::size_t size) { return VarintFieldSize(size) + size; }

// The head of an answer whose outcome takes so many bytes.
void BeginAnswer(std::string& message, std::uint64_t number, std::size_t outcome_size) {
  AppendBytesHead(message, kAnswers, VarintFieldSize(number) + outcome_size);
  AppendVarintField(message, Answer::kNumberFieldNumber, number);
}

}  // namespace

bool BulkCallReader::Next(BulkCall& call) {
  for (WireField field; reader_.Next(field);) {
    if (!IsBytes(field, kCalls)) continue;
    call = {};
    WireReader fields(field.bytes);
    for (WireField inner; fields.Next(inner);) {
      if (IsVarint(inner, Call::kNumberFieldNumber)) call.number = inner.value;
      if (IsBytes(inner, Call::kMethodFieldNumber)) call.method = inner.bytes;
      if (IsBytes(inner, Call::kRequestFieldNumber)) call.request = inner.bytes;
    }
    malformed_ = fields.malformed();
    if (malformed_) return false;
    if (call.method.empty()) call.method = method_;
    method_ = call.method;
    return true;
  }
  return false;
}

void AppendBulkCall(std::string& message, const BulkCall& call) {
  const std::size_t method_size = call.method.empty() ? 0 : BytesFieldSize(call.method.size());
  const std::size_t size =
      VarintFieldSize(call.number) + method_size + BytesFieldSize(call.request.size());
  AppendBytesHead(message, kCalls, size);
  AppendVarintField(message, Call::kNumberFieldNumber, call.number);
  if (method_size > 0) AppendBytesField(message, Call::kMethodFieldNumber, call.method);
  AppendBytesField(message, Call::kRequestFieldNumber, call.request);
}

bool BulkAnswerReader::Next(BulkAnswer& answer) {
  for (WireField field; reader_.Next(field);) {
    if (!IsBytes(field, kAnswers)) continue;
    answer = {};
    WireReader fields(field.bytes);
    for (WireField inner; fields.Next(inner);) {
      if (IsVarint(inner, Answer::kNumberFieldNumber)) answer.number = inner.value;
      const bool error = IsBytes(inner, Answer::kErrorFieldNumber);
      if (!error && !IsBytes(inner, Answer::kResponseFieldNumber)) continue;
      answer.outcome = inner.whole;
      answer.failed = error;
      answer.error = error ? inner.bytes : std::string_view();
    }
    malformed_ = fields.malformed();
    return !malformed_;
  }
  return false;
}

void AppendBulkAnswer(std::string& message, std::uint64_t number,
                      const google::protobuf::MessageLite& response) {
  const std::size_t size = response.ByteSizeLong();
  BeginAnswer(message, number, BytesFieldSize(size));
  AppendBytesHead(message, Answer::kResponseFieldNumber, size);
  const std::size_t before = message.size();
  message.resize(before + size);
  response.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(&message[before]));
}

void AppendBulkAnswer(std::string& message, std::uint64_t number, const grpc::Status& error) {
  std::string whole = error.error_details();
  if (whole.empty()) {
    google::rpc::Status bare;
    bare.set_code(error.error_code());
    bare.set_message(error.error_message());
    whole = bare.SerializeAsString();
  }
  BeginAnswer(message, number, BytesFieldSize(whole.size()));
  AppendBytesField(message, Answer::kErrorFieldNumber, whole);
}

void AppendBulkAnswer(std::string& message, std::uint64_t number, std::string_view outcome) {
  BeginAnswer(message, number, outcome.size());
  message.append(outcome);
}

grpc::Status ReadBulkError(std::string_view error) {
  google::rpc::Status whole;
  if (!whole.ParseFromArray(error.data(), static_cast<int>(error.size()))) {
    return {grpc::INTERNAL, "an answer that cannot be read"};
  }
  const bool bare = whole.details().empty();
  return {static_cast<grpc::StatusCode>(whole.code()), whole.message(),
          bare ? std::string() : std::string(error)};
}

}  // namespace omo::rpc
