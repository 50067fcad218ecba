#include "libs/rpc/errors.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "libs/telemetry/check.h"

namespace omo::rpc {
namespace {

// A client refuses metadata above 8 KiB and then knows nothing of the answer. There the details
// take a third more (base64), and a byte of the message, told twice, up to four.
constexpr std::size_t kListBytesMax = 3'584;
constexpr std::size_t kMessageBytesMax = 512;
constexpr std::string_view kLeftOut = "left_out";

std::string Shortened(std::string_view text) {
  if (text.size() <= kMessageBytesMax) return std::string(text);
  constexpr std::string_view kMore = "...";
  std::size_t end = kMessageBytesMax - kMore.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // In a letter.
  return std::string(text.substr(0, end)) + std::string(kMore);
}

std::string_view Ordinal(const Detail& detail) {
  const std::size_t dot = detail.name.rfind('.');
  return dot == std::string::npos ? std::string_view() : std::string_view(detail.name).substr(dot);
}

// The first details that fit; of those that belong together ("sku.7", "available.7") all or none.
std::span<const Detail> ThoseThatFit(std::span<const Detail> details) {
  constexpr std::size_t kFrameBytes = 8;  // Of a map's entry.
  std::size_t bytes = 0;
  std::size_t count = 0;
  for (; count < details.size(); ++count) {
    bytes += details[count].name.size() + details[count].value.size() + kFrameBytes;
    if (bytes > kListBytesMax) break;
  }
  if (count == details.size()) return details;
  const std::string_view cut = Ordinal(details[count]);
  while (!cut.empty() && count > 0 && Ordinal(details[count - 1]) == cut) --count;
  return details.first(count);
}

// A status under construction: code, reason, message, and more details as needed.
class StatusBuilder {
 public:
  StatusBuilder(grpc::StatusCode code, std::string_view reason, std::string_view message,
                std::span<const Detail> details) {
    whole_.set_code(code);
    whole_.set_message(Shortened(message));
    google::rpc::ErrorInfo info;
    info.set_domain(std::string(kErrorDomain));
    info.set_reason(std::string(reason));
    const std::span<const Detail> told = ThoseThatFit(details);
    auto& metadata = *info.mutable_metadata();
    for (const Detail& detail : told) metadata[detail.name] = detail.value;
    const std::size_t left_out = details.size() - told.size();
    if (left_out > 0) metadata[std::string(kLeftOut)] = std::to_string(left_out);
    whole_.add_details()->PackFrom(info);
  }
  template <class Message>
  StatusBuilder& Add(const Message& detail) {
    whole_.add_details()->PackFrom(detail);
    return *this;
  }
  grpc::Status Build() const {
    return {static_cast<grpc::StatusCode>(whole_.code()), whole_.message(),
            whole_.SerializeAsString()};
  }

 private:
  google::rpc::Status whole_;
};

std::vector<Detail> HintDetails(const OwnerHint& hint) {
  return {{"address", hint.address}, {"term", std::to_string(hint.term)}};
}

}  // namespace

const ReasonEntry* FindReason(std::string_view reason) {
  const auto* found = std::find_if(kReasons.begin(), kReasons.end(), [&](const ReasonEntry& entry) {
    return entry.reason == reason;
  });
  return found == kReasons.end() ? nullptr : &*found;
}

grpc::Status Refused(grpc::StatusCode code, std::string_view reason, std::string_view message,
                     std::span<const Detail> details) {
  return StatusBuilder(code, reason, message, details).Build();
}

grpc::Status Fault(std::string_view reason, std::string_view message,
                   std::span<const Detail> details) {
  const ReasonEntry* entry = FindReason(reason);
  OMO_CHECK(entry != nullptr);
  return StatusBuilder(entry->code, reason, message, details).Build();
}

grpc::Status InvalidArgument(std::span<const FieldError> errors, std::size_t more) {
  OMO_CHECK(!errors.empty());
  google::rpc::BadRequest bad_request;
  for (const FieldError& error : errors) {
    google::rpc::BadRequest::FieldViolation violation;
    violation.set_field(error.field);
    violation.set_description(error.message);
    violation.set_reason(error.reason);
    if (bad_request.ByteSizeLong() + violation.ByteSizeLong() > kListBytesMax) break;
    *bad_request.add_field_violations() = std::move(violation);
  }
  const FieldError& first = errors.front();
  std::vector<Detail> details{{"field", first.field}};
  const std::size_t left_out =
      errors.size() - static_cast<std::size_t>(bad_request.field_violations_size()) + more;
  if (left_out > 0) details.push_back({std::string(kLeftOut), std::to_string(left_out)});
  return StatusBuilder(grpc::INVALID_ARGUMENT, first.reason, first.field + ": " + first.message,
                       details)
      .Add(bad_request)
      .Build();
}

grpc::Status InvalidArgument(std::string_view field, std::string_view reason,
                             std::string_view message) {
  const FieldError error{std::string(field), std::string(reason), std::string(message)};
  return InvalidArgument(std::span(&error, 1));
}

grpc::Status LinesOfSeveralShards(std::string_view field) {
  return InvalidArgument(field, "LINES_OF_SEVERAL_SHARDS",
                         "lines of several shards; send one command a shard");
}

grpc::Status CommandIdReused(std::string_view command_id) {
  return InvalidArgument("command_id", "COMMAND_ID_REUSED",
                         std::string(command_id) + " was used for another body");
}

grpc::Status NotOwner(ShardId shard, const OwnerHint& hint) {
  std::vector<Detail> details = HintDetails(hint);
  details.push_back({"shard", std::to_string(shard)});
  return Fault("NOT_OWNER", "another instance owns the shard", details);
}

grpc::Status NoOwner(std::string_view service, ShardId shard) {
  const std::vector<Detail> details{{"service", std::string(service)},
                                    {"shard", std::to_string(shard)}};
  return Fault("NO_OWNER", "no instance is known to own the shard", details);
}

grpc::Status Poisoned(ShardId shard, Offset offset) {
  const std::vector<Detail> details{{"shard", std::to_string(shard)},
                                    {"offset", std::to_string(offset)}};
  return Fault("POISONED", "the shard stopped at a record that it cannot take in", details);
}

grpc::Status PositionNotReached(std::string_view message, const ReadSoFar& so_far) {
  std::vector<Detail> details{{"shard", std::to_string(so_far.shard)}};
  const auto add = [&](std::string_view name, std::optional<std::int64_t> number) {
    if (number) details.push_back({std::string(name), std::to_string(*number)});
  };
  const auto millis = [](std::optional<Duration> duration) {
    return duration ? std::optional(duration->count()) : std::nullopt;
  };
  add("asked_offset", so_far.asked);
  add("reached_offset", so_far.reached);
  add("age_ms", millis(so_far.age));
  add("stamp_age_ms", millis(so_far.stamp_age));
  return Fault("POSITION_NOT_REACHED", message, details);
}

grpc::Status NotRecorded(std::string_view command_id) {
  const std::vector<Detail> details{{"command_id", std::string(command_id)}};
  return Fault("NOT_RECORDED", "the command is not in the log; send the same id again", details);
}

grpc::Status Overloaded(std::string_view what, Duration retry_after) {
  const std::vector<Detail> details{{"full", std::string(what)}};
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(retry_after.count() / 1000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int>(retry_after.count() % 1000) * 1'000'000);
  return StatusBuilder(grpc::RESOURCE_EXHAUSTED, "OVERLOADED", std::string(what) + " is full",
                       details)
      .Add(retry)
      .Build();
}

grpc::Status OutcomeUnknown(std::string_view command_id) {
  std::vector<Detail> details;
  if (!command_id.empty()) details.push_back({"command_id", std::string(command_id)});
  return Fault("OUTCOME_UNKNOWN", "the deadline came first; send the same id again", details);
}

std::string_view ErrorInfo::Find(std::string_view name) const {
  for (const Detail& detail : details) {
    if (detail.name == name) return detail.value;
  }
  return {};
}

OwnerHint ErrorInfo::Hint() const {
  OwnerHint hint{std::string(Find("address"))};
  const std::string_view term = Find("term");
  std::from_chars(term.data(), term.data() + term.size(), hint.term);
  return hint;
}

ErrorInfo ReadError(const grpc::Status& status) {
  ErrorInfo error;
  error.code = status.error_code();
  error.message = status.error_message();
  google::rpc::Status whole;
  if (status.error_details().empty() || !whole.ParseFromString(status.error_details())) {
    return error;
  }
  for (const auto& any : whole.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad_request;
    google::rpc::RetryInfo retry;
    if (any.UnpackTo(&info) && info.domain() == kErrorDomain) {
      error.reason = info.reason();
      for (const auto& [name, value] : info.metadata()) error.details.push_back({name, value});
    } else if (any.UnpackTo(&bad_request)) {
      for (const auto& violation : bad_request.field_violations()) {
        error.field_errors.push_back(
            {violation.field(), violation.reason(), violation.description()});
      }
    } else if (any.UnpackTo(&retry)) {
      error.retry_after =
          Duration{retry.retry_delay().seconds() * 1000 + retry.retry_delay().nanos() / 1'000'000};
    }
  }
  std::sort(error.details.begin(), error.details.end(),
            [](const Detail& a, const Detail& b) { return a.name < b.name; });
  return error;
}

}  // namespace omo::rpc
