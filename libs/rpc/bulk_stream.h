// The server's side of a bulk stream (omo.bulk.v1): calls come out of messages one by one, answers
// go into messages as many as there are when the wire is free: the busier, the fewer messages.
//
// Back-pressure: a call is taken only while few are unanswered. What is not taken stays in its
// message, and behind it the stream is not read, so that gRPC's window stops the caller. An answer
// counts until it is written: a caller that does not read its answers stops itself, and no other.
#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "libs/rpc/bulk_message.h"

namespace omo::rpc {

struct BulkLimits {
  std::size_t calls_max = 4'096;      // Unanswered in a stream.
  std::int64_t bytes_max = 16 << 20;  // Of unanswered requests and unwritten answers in a stream.
  std::size_t message_bytes_max = 0;  // Of a message; 0: gRPC's own limit.
};

// What an answer needs to find back to its call.
struct BulkTicket {
  std::uint64_t number = 0;
  std::int64_t bytes = 0;
};

// One stream. Deletes itself when gRPC is done with it, which is when every call taken is answered
// or forgotten, and Idle.
class BulkStream : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // Once a call taken, on any thread.
  void Answer(const BulkTicket& ticket, const google::protobuf::MessageLite& response);
  void Answer(const BulkTicket& ticket, const grpc::Status& error);

 protected:
  explicit BulkStream(const BulkLimits& limits) : limits_(limits) {}
  ~BulkStream() override = default;

  // Begins to read; the last thing that a constructor does.
  void Start() { StartRead(&read_); }

  // A call out of a message, whose views end with TakenAll. Only one thread at a time is here.
  virtual void Take(const BulkCall& call, const BulkTicket& ticket) = 0;
  // No more calls are at hand: what was taken since the last time goes on its way.
  virtual void TakenAll() = 0;

  // All that follows with mutex_ held.

  // The caller is gone: no answer reaches it. What was taken is still answered or forgotten.
  virtual void Abandon() {}
  // Nothing more will come from the caller and all is answered: ends what else runs.
  virtual void Close() {}
  // Whether nothing else runs that needs this stream. Who changes that calls EndIfOver.
  virtual bool Idle() const { return true; }
  // Told once, at the end.
  virtual void NoteEnd(const grpc::Status& /*status*/) {}

  void AnswerLocked(const BulkTicket& ticket, std::string_view outcome);
  void AnswerLocked(const BulkTicket& ticket, const grpc::Status& error);
  void ForgetLocked(const BulkTicket& ticket);
  bool abandoned() const { return abandoned_; }
  // The last thing that a callback does: this may be gone then.
  void EndIfOver(std::unique_lock<std::mutex> lock);

  std::mutex mutex_;

 private:
  // A message of answers; what a caller's limit of message size leaves whole.
  struct Outgoing {
    std::string message;
    std::size_t answers = 0;
  };

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

  void Pump(std::unique_lock<std::mutex>& lock);
  std::size_t Room() const;
  // What the thread that pumps took from the message.
  struct Taken {
    std::size_t calls = 0;
    std::int64_t bytes = 0;
  };
  Taken TakeSome(std::size_t calls_max, std::int64_t bytes_max);
  template <class Outcome>
  void Add(const BulkTicket& ticket, const Outcome& outcome);
  void WriteNext();
  void GiveUp();

  const BulkLimits limits_;
  grpc::ByteBuffer read_;
  std::optional<FlatBytes> message_;  // Whose calls are being taken.
  std::optional<BulkCallReader> reader_;
  bool message_over_ = false;  // Every call of it was taken.
  bool reading_ = true;
  bool pumping_ = false;  // Some thread takes calls, without the mutex.
  bool ended_ = false;    // Nothing more will be read.
  bool abandoned_ = false;
  bool finished_ = false;
  grpc::Status status_;  // How the stream ends.

  std::size_t open_ = 0;       // Calls taken, not answered; while pumping, those that may be taken.
  std::size_t unwritten_ = 0;  // Answered, not yet written.
  std::int64_t bytes_ = 0;     // Of open requests (added once taken) and unwritten answers.
  std::deque<Outgoing> out_;   // While writing_, the first is on its way.
  grpc::ByteBuffer written_;
  std::int64_t written_bytes_ = 0;
  bool writing_ = false;
};

}  // namespace omo::rpc
