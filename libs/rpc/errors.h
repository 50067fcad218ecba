// The one place where a "no" becomes a grpc::Status, and where a client reads it back.
//
// Every status made here carries a google.rpc.Status in its details: an ErrorInfo (domain "omo", a
// reason, figures), and where it fits a BadRequest (field paths) or a RetryInfo. The code says what
// the caller can do; the reason says why; the message is for people. All of it travels as metadata,
// of which a gRPC client takes 8 KiB unless it was told otherwise: a longer message is cut, and of
// many figures or fields the first ones are told, with the number of the others as `left_out`.
#pragma once

#include <grpcpp/support/status.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libs/core/decision.h"
#include "libs/core/types.h"

namespace omo::rpc {

inline constexpr std::string_view kErrorDomain = "omo";

// What the caller does about it.
enum class Remedy {
  kChangeSomething,  // The state is in the way: the same id may be tried again and is decided anew.
  kMendRequest,      // The request is wrong as it stands.
  kSameIdThere,      // Send the same bytes with the same id to the owner.
  kSameId,           // Send the same bytes with the same id again: nothing was written.
  kSameIdLater,      // The same, after the delay in RetryInfo.
  kSignIn,           // Be another caller.
};

struct ReasonEntry {
  std::string_view reason;
  grpc::StatusCode code;
  Remedy remedy;
  std::string_view meaning;
};

// Every reason that is not a service's own refusal: docs/reference/errors.md is made from it.
inline constexpr std::array kReasons = {
    ReasonEntry{"REQUIRED", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "A field that must be given is absent or empty."},
    ReasonEntry{"CALLER_RESERVED", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "Only the suite itself calls itself `omo:`."},
    ReasonEntry{"TOO_LONG", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "A text has more bytes, or a list more entries, than its field takes."},
    ReasonEntry{"NOT_PRINTABLE", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "A text holds characters that its field does not take."},
    ReasonEntry{"NOT_UUID7", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "An id that the caller makes is not a UUID of version 7."},
    ReasonEntry{"NOT_POSITIVE", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "A number that must be above zero is not."},
    ReasonEntry{"OUT_OF_RANGE", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "A number lies outside its field's limits."},
    ReasonEntry{"UNKNOWN_VALUE", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "An enum field is unspecified or holds a number without a name."},
    ReasonEntry{"UNKNOWN_CURRENCY", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "A currency is not a current ISO 4217 code."},
    ReasonEntry{"REPEATED", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "Something that must stand once stands more often."},
    ReasonEntry{"MALFORMED", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "The bytes are not a message of the method's request type."},
    ReasonEntry{"MESSAGE_TOO_LARGE", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "A message has more bytes than the server takes."},
    ReasonEntry{"PAGE_TOKEN", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "A page token was not made by this list."},
    ReasonEntry{"LINES_OF_SEVERAL_SHARDS", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "One command's lines must share a shard: send one command a shard."},
    ReasonEntry{"COMMAND_ID_REUSED", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "The caller's command id was used for another body."},
    ReasonEntry{"COMMAND_TOO_OLD", grpc::FAILED_PRECONDITION, Remedy::kChangeSomething,
                "The command id is older than ids are kept, so nobody knows whether it was done."},
    ReasonEntry{"COMMAND_FROM_FUTURE", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "The command id was made later than now by more than 5 minutes: a wrong clock."},
    ReasonEntry{"COMMAND_EXPIRED", grpc::FAILED_PRECONDITION, Remedy::kChangeSomething,
                "The command reached its owner after its own expires_at."},
    ReasonEntry{"EVENT_TOO_LARGE", grpc::FAILED_PRECONDITION, Remedy::kChangeSomething,
                "The command's event would not fit into a record of the log."},
    ReasonEntry{"POSITION_OF_ANOTHER_LOG", grpc::FAILED_PRECONDITION, Remedy::kChangeSomething,
                "A position names a log that is not the shard's."},
    ReasonEntry{
        "POSITION_NOT_REACHED", grpc::UNAVAILABLE, Remedy::kSameIdLater,
        "The answering instance has not read up to the asked position (a read that waits gives "
        "up shortly before its deadline): see shard, asked_offset, reached_offset, age_ms "
        "(since it stood at the log's end) and stamp_age_ms (of the newest record it read)."},
    ReasonEntry{"NOT_OWNER", grpc::UNAVAILABLE, Remedy::kSameIdThere,
                "Another instance owns the shard: see address and term."},
    ReasonEntry{"NO_OWNER", grpc::UNAVAILABLE, Remedy::kSameId,
                "No instance is known to own the shard just now."},
    ReasonEntry{"POISONED", grpc::UNAVAILABLE, Remedy::kSameIdLater,
                "The shard stopped at a record that it cannot take in; an operator is needed."},
    ReasonEntry{"NOT_STOPPED_THERE", grpc::FAILED_PRECONDITION, Remedy::kChangeSomething,
                "The shard is not stopped at the record that a skip names."},
    ReasonEntry{
        "TIME_NOT_AHEAD", grpc::FAILED_PRECONDITION, Remedy::kChangeSomething,
        "The shard's time is not ahead of its owner's clock: there is nothing to move back."},
    ReasonEntry{"FEATURE_UNKNOWN", grpc::FAILED_PRECONDITION, Remedy::kChangeSomething,
                "The instance's release is older than the feature: upgrade every instance first."},
    ReasonEntry{"WATCH_ENDED", grpc::UNAVAILABLE, Remedy::kSameId,
                "The watched shard's rows are made anew, or the instance stops: watch again from "
                "the last position."},
    ReasonEntry{"NOT_RECORDED", grpc::ABORTED, Remedy::kSameId,
                "The command's event is proven not to be in the log."},
    ReasonEntry{"OVERLOADED", grpc::RESOURCE_EXHAUSTED, Remedy::kSameIdLater,
                "A queue is full; nothing was taken in."},
    ReasonEntry{"OUTCOME_UNKNOWN", grpc::DEADLINE_EXCEEDED, Remedy::kSameId,
                "The deadline came before the outcome was known: it may or may not be done."},
    ReasonEntry{"UNKNOWN_METHOD", grpc::UNIMPLEMENTED, Remedy::kMendRequest,
                "There is no such method; a release may be older than its caller."},
    ReasonEntry{"BULK_NOT_SUPPORTED", grpc::INVALID_ARGUMENT, Remedy::kMendRequest,
                "The method is no command of one shard: a bulk stream does not take it."},
    ReasonEntry{"ROLE_NOT_ALLOWED", grpc::PERMISSION_DENIED, Remedy::kSignIn,
                "The caller's role may not call the method."},
};

// The entry of a reason; nullptr for a service's own refusal.
const ReasonEntry* FindReason(std::string_view reason);

// A fault of one field: its path from the request ("lines[2].sku") or a metadata key.
struct FieldError {
  std::string field;
  std::string reason;  // Of kReasons.
  std::string message;
  bool operator==(const FieldError&) const = default;
};

// Where a shard's owner is thought to be. `address` is host:port, empty when unknown.
struct OwnerHint {
  std::string address;
  std::uint64_t term = 0;
  bool operator==(const OwnerHint&) const = default;
};

// How far an instance has read a shard. What is not known there is not told.
struct ReadSoFar {
  ShardId shard = 0;
  std::optional<Offset> asked;
  std::optional<Offset> reached;
  std::optional<Duration> age;        // As in Freshness.
  std::optional<Duration> stamp_age;  // Since the newest record that it read was stamped.
};

// A business refusal: `code` FAILED_PRECONDITION, NOT_FOUND or ALREADY_EXISTS; `reason` the refusal
// enum's name, e.g. NOT_ENOUGH_AVAILABLE; `details` go into ErrorInfo.metadata.
grpc::Status Refused(grpc::StatusCode code, std::string_view reason, std::string_view message,
                     std::span<const Detail> details = {});
// A status with a reason of kReasons and that reason's code.
grpc::Status Fault(std::string_view reason, std::string_view message,
                   std::span<const Detail> details = {});

// INVALID_ARGUMENT; ErrorInfo has the first error's reason and field. `more`: errors that are not
// in the list.
grpc::Status InvalidArgument(std::span<const FieldError> errors, std::size_t more = 0);
grpc::Status InvalidArgument(std::string_view field, std::string_view reason,
                             std::string_view message);
grpc::Status LinesOfSeveralShards(std::string_view field);
grpc::Status CommandIdReused(std::string_view command_id);

grpc::Status NotOwner(ShardId shard, const OwnerHint& hint);
grpc::Status NoOwner(std::string_view service, ShardId shard);
grpc::Status Poisoned(ShardId shard, Offset offset);
grpc::Status PositionNotReached(std::string_view message, const ReadSoFar& so_far);
grpc::Status NotRecorded(std::string_view command_id);
// `what` names the full thing, e.g. "queue of shard 3".
grpc::Status Overloaded(std::string_view what, Duration retry_after);
grpc::Status OutcomeUnknown(std::string_view command_id);  // Empty: not known here.

// What a status says, for programs.
struct ErrorInfo {
  grpc::StatusCode code = grpc::OK;
  std::string reason;  // Empty: not one of ours (a broken connection, a foreign server).
  std::string message;
  std::vector<Detail> details;           // ErrorInfo.metadata, sorted by name.
  std::vector<FieldError> field_errors;  // Of a BadRequest.
  std::optional<Duration> retry_after;   // Of a RetryInfo.

  // The value of a detail; empty when absent.
  std::string_view Find(std::string_view name) const;
  // Of NOT_OWNER: where to go, if the server knew.
  OwnerHint Hint() const;
};

// Reads any status; never fails: details that are not ours are left out.
ErrorInfo ReadError(const grpc::Status& status);

}  // namespace omo::rpc
