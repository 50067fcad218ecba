#include "libs/rpc/bulk_stream.h"

#include <algorithm>
#include <utility>

#include "libs/rpc/errors.h"

namespace omo::rpc {
namespace {

// Answers of a message end here: far below what clients take by default.
constexpr std::size_t kMessageBytes = 256 << 10;
// Calls are taken again when so much of the room is free: one at a time would be no bulk.
constexpr std::size_t kRoomPart = 8;

}  // namespace

void BulkStream::Answer(const BulkTicket& ticket, const google::protobuf::MessageLite& response) {
  std::unique_lock lock(mutex_);
  Add(ticket, response);
  EndIfOver(std::move(lock));
}

void BulkStream::Answer(const BulkTicket& ticket, const grpc::Status& error) {
  std::unique_lock lock(mutex_);
  Add(ticket, error);
  EndIfOver(std::move(lock));
}

void BulkStream::AnswerLocked(const BulkTicket& ticket, std::string_view outcome) {
  Add(ticket, outcome);
}

void BulkStream::AnswerLocked(const BulkTicket& ticket, const grpc::Status& error) {
  Add(ticket, error);
}

void BulkStream::ForgetLocked(const BulkTicket& ticket) {
  --open_;
  bytes_ -= ticket.bytes;
}

template <class Outcome>
void BulkStream::Add(const BulkTicket& ticket, const Outcome& outcome) {
  ForgetLocked(ticket);
  if (abandoned_) return;
  const bool first_is_written = writing_ && out_.size() == 1;
  if (out_.empty() || first_is_written || out_.back().message.size() >= kMessageBytes) {
    out_.emplace_back();
  }
  Outgoing& outgoing = out_.back();
  const std::size_t before = outgoing.message.size();
  AppendBulkAnswer(outgoing.message, ticket.number, outcome);
  ++outgoing.answers;
  ++unwritten_;
  bytes_ += static_cast<std::int64_t>(outgoing.message.size() - before);
  WriteNext();
}

void BulkStream::WriteNext() {
  if (writing_ || out_.empty() || abandoned_) return;
  writing_ = true;
  written_bytes_ = static_cast<std::int64_t>(out_.front().message.size());
  written_ = MoveToByteBuffer(std::move(out_.front().message));
  StartWrite(&written_);
}

void BulkStream::OnWriteDone(bool ok) {
  std::unique_lock lock(mutex_);
  writing_ = false;
  unwritten_ -= out_.front().answers;
  bytes_ -= written_bytes_;
  out_.pop_front();
  if (!ok) GiveUp();
  WriteNext();
  Pump(lock);
  EndIfOver(std::move(lock));
}

void BulkStream::OnReadDone(bool ok) {
  std::unique_lock lock(mutex_);
  reading_ = false;
  if (!ok) {
    ended_ = true;
  } else if (limits_.message_bytes_max > 0 && read_.Length() > limits_.message_bytes_max) {
    status_ = Fault("MESSAGE_TOO_LARGE", "a message of calls is larger than is taken here");
    ended_ = true;
  } else {
    message_.emplace(read_);
    reader_.emplace(message_->view());
    message_over_ = false;
    read_.Clear();
  }
  Pump(lock);
  EndIfOver(std::move(lock));
}

// How many calls may be taken now.
std::size_t BulkStream::Room() const {
  const std::size_t waiting = open_ + unwritten_;
  if (bytes_ >= limits_.bytes_max || waiting >= limits_.calls_max) return 0;
  const std::size_t room = limits_.calls_max - waiting;
  return room < std::max<std::size_t>(1, limits_.calls_max / kRoomPart) ? 0 : room;
}

// Takes what there is room for, and reads on when a message is used up. The room is taken first, so
// that answers may come while calls are taken, and what was not needed is given back.
void BulkStream::Pump(std::unique_lock<std::mutex>& lock) {
  if (pumping_) return;
  pumping_ = true;
  while (message_ && !abandoned_) {
    const std::size_t room = Room();
    if (room == 0) break;
    open_ += room;
    const std::int64_t bytes_max = limits_.bytes_max - bytes_;
    lock.unlock();
    const Taken taken = TakeSome(room, bytes_max);
    lock.lock();
    open_ -= room - taken.calls;
    bytes_ += taken.bytes;
    if (!message_over_) continue;
    if (reader_->malformed()) {
      status_ = Fault("MALFORMED", "a message is no omo.bulk.v1.RunCommandsRequest");
      ended_ = true;
    }
    message_.reset();
  }
  pumping_ = false;
  if (!message_ && !reading_ && !ended_ && !abandoned_) {
    reading_ = true;
    StartRead(&read_);
  }
}

BulkStream::Taken BulkStream::TakeSome(std::size_t calls_max, std::int64_t bytes_max) {
  Taken taken;
  BulkCall call;
  while (taken.calls < calls_max && taken.bytes < bytes_max) {
    message_over_ = !reader_->Next(call);
    if (message_over_) break;
    const BulkTicket ticket{call.number, static_cast<std::int64_t>(call.request.size())};
    ++taken.calls;
    taken.bytes += ticket.bytes;
    Take(call, ticket);
  }
  TakenAll();
  return taken;
}

void BulkStream::OnCancel() {
  std::unique_lock lock(mutex_);
  GiveUp();
  EndIfOver(std::move(lock));
}

void BulkStream::GiveUp() {
  if (std::exchange(abandoned_, true)) return;
  status_ = grpc::Status(grpc::CANCELLED, "the caller is gone");
  Abandon();
}

void BulkStream::EndIfOver(std::unique_lock<std::mutex> lock) {
  const bool ending = abandoned_ || (ended_ && !message_);
  if (!ending || open_ > 0 || pumping_ || writing_ || finished_) return;
  if (!abandoned_ && !out_.empty()) return;
  Close();
  if (!Idle()) return;
  finished_ = true;
  NoteEnd(status_);
  const grpc::Status status = status_;
  lock.unlock();
  Finish(status);
}

}  // namespace omo::rpc
