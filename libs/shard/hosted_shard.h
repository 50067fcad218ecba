// One shard of this process: its store, its rules' rows, and the shard that runs over them.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "libs/shard/runtime.h"
#include "libs/store/table.h"

namespace omo::shard {

// Where an instance's rows came from.
enum class Origin {
  kHere,     // The shard's own directory.
  kPeer,     // A peer's checkpoint.
  kNothing,  // Empty: the log is read from its beginning.
  kStandIn,  // Empty for ever: it answers "not here" until the real one is open.
};

// Made and destroyed on any thread; all but ShardInstance's methods are the loop's.
class HostedShard final : public ShardInstance {
 public:
  // All outlive the instance but `options`.
  struct Parts {
    ShardOptions options;
    const std::function<std::unique_ptr<Model>(store::Store&)>& make_model;
    journal::Journal& journal;
    ShardListener& listener;
  };
  HostedShard(std::unique_ptr<store::Store> store, Origin origin, const Parts& parts);

  Model& model() override { return *model_; }
  const store::Store& store() const override { return *store_; }
  Position confirmed() const override { return shard_.confirmed(); }
  Time confirmed_stamp() const override { return shard_.confirmed_stamp(); }
  Time at_end_since() const override { return Time{Duration{at_end_since_.load()}}; }
  bool owned() const override { return owned_; }

  Origin origin() const { return origin_; }
  // The log ended at `end` at some time since `asked`, by the steady clock.
  void EndSeen(Offset end, Time asked);
  // Says since when the rows are known to be all that the log had, if they have got as far.
  void NoteUpToDate();
  void Turned() { owned_ = shard_.log().owning(); }
  // The rows never were all that the log had yet.
  bool BehindSinceOpen() const { return at_end_since_ == 0; }
  store::Store& rows() { return *store_; }
  Shard& shard() { return shard_; }

  bool news = true;  // Something was told or asked since the last turn. The loop's.

 private:
  const Origin origin_;
  std::unique_ptr<store::Store> store_;
  store::ConfirmedTable<IdKey, IdRow, store::BucketOrder> ids_;
  std::unique_ptr<Model> model_;
  Shard shard_;
  struct End {
    Offset next = 0;
    Time asked;
  };
  std::optional<End> end_ahead_;  // The first one seen that the rows have not got to.
  std::atomic<std::int64_t> at_end_since_ = 0;
  std::atomic<bool> owned_ = false;
};

}  // namespace omo::shard
