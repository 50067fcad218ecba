// Somebody who watches figures, and the picture that he was told.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {

class Watching {
 public:
  using Rows = std::map<std::pair<std::string, std::string>, std::int64_t>;

  // The request in protobuf's text form. Nothing is read before it is asked for.
  Watching(InventoryDoor& door, const std::string& request, Duration patience = kPatience);
  // The same, from a position on.
  Watching(InventoryDoor& door, const std::string& request, const type::v1::Position& from);
  // The same, on another way to the door.
  Watching(const std::shared_ptr<grpc::Channel>& channel, const std::string& request);
  ~Watching();

  // Reads one message into the picture; false: the stream has ended.
  bool Read();
  // Reads until `told` holds; the stream must not end before.
  template <class Told>
  void ReadUntil(Told told) {
    while (!told()) REQUIRE(Read());
  }
  void ReadTo(const type::v1::Position& position) {
    ReadUntil([&] { return this->position.offset() >= position.offset(); });
  }
  // Reads what there still is; why it ended.
  grpc::Status End();

  Rows on_hand;  // By SKU and place.
  std::vector<v1::FiguresChanged> changes;
  type::v1::Position position;  // The last that was told.
  int gaps = 0;
  int pages = 0;
  int snapshots = 0;  // Whole ones.
  int heartbeats = 0;

 private:
  void Open(const std::shared_ptr<grpc::Channel>& channel,
            const v1::WatchAvailabilityRequest& request, Duration patience);
  void Take(const v1::FiguresChanged& change);
  void Put(const v1::PlacedFigures& row);

  std::unique_ptr<grpc::ClientContext> call_;
  std::unique_ptr<Queries> stub_;
  std::unique_ptr<grpc::ClientReader<v1::WatchAvailabilityResponse>> stream_;
  bool ended_ = false;
  grpc::Status end_;
  std::int64_t has_ = kNoOffset;  // What the next change must come right behind.
};

}  // namespace omo::inventory
