#include "libs/shard/hosted_shard.h"

#include <sys/random.h>

#include <utility>

#include "libs/telemetry/check.h"

namespace omo::shard {
namespace {

constexpr char kIdsPrefix = 'I';  // Reserved: models' own tables take other prefixes.

std::uint64_t DrawNonce() {
  std::uint64_t nonce = 0;
  OMO_CHECK(getrandom(&nonce, sizeof nonce, 0) == sizeof nonce);
  return nonce;
}

}  // namespace

HostedShard::HostedShard(std::unique_ptr<store::Store> store, Origin origin, const Parts& parts)
    : origin_(origin),
      store_(std::move(store)),
      ids_(*store_, {.prefix = kIdsPrefix, .name = "command_ids"}),
      model_(parts.make_model(*store_)),
      shard_(parts.options,
             {.journal = parts.journal,
              .store = *store_,
              .model = *model_,
              .ids = ids_,
              .erase_ids_before = [this](const IdKey& floor) { ids_.EraseBefore(floor); },
              .listener = parts.listener,
              .nonce = DrawNonce}) {}

void HostedShard::EndSeen(Offset end, Time asked) {
  if (!end_ahead_) end_ahead_ = End{end, asked};
  // An owner reads nothing: what another wrote behind all of ours shows itself at our next record.
  const ShardLog& log = shard_.log();
  if (!log.owning() || log.in_flight() > 0 || log.reader().next_offset >= end) return;
  shard_.SubmitRead({.linearizable = true,
                     .min_position = {},
                     .deadline = {},
                     .reply = [](Verdict, const Outcome&) {}});
}

void HostedShard::NoteUpToDate() {
  if (!end_ahead_ || !shard_.HasAllUpTo(end_ahead_->next)) return;
  at_end_since_ = ToMillis(end_ahead_->asked);
  end_ahead_.reset();
}

}  // namespace omo::shard
