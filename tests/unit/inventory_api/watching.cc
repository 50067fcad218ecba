#include "tests/unit/inventory_api/watching.h"

namespace omo::inventory {
namespace {

v1::WatchAvailabilityRequest Parsed(const std::string& text) {
  v1::WatchAvailabilityRequest request;
  INFO(text);
  REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &request));
  return request;
}

}  // namespace

Watching::Watching(InventoryDoor& door, const std::string& request, Duration patience) {
  Open(door.channel(), Parsed(request), patience);
}

Watching::Watching(InventoryDoor& door, const std::string& request,
                   const type::v1::Position& from) {
  v1::WatchAvailabilityRequest parsed = Parsed(request);
  *parsed.mutable_from() = from;
  position = from;
  has_ = from.offset();
  Open(door.channel(), parsed, kPatience);
}

Watching::Watching(const std::shared_ptr<grpc::Channel>& channel, const std::string& request) {
  Open(channel, Parsed(request), kPatience);
}

Watching::~Watching() {
  call_->TryCancel();
  End();
}

void Watching::Open(const std::shared_ptr<grpc::Channel>& channel,
                    const v1::WatchAvailabilityRequest& request, Duration patience) {
  call_ = std::make_unique<grpc::ClientContext>();
  InventoryDoor::SetUp(*call_, InventoryDoor::Staff(), patience);
  stub_ = v1::InventoryQueryService::NewStub(channel);
  stream_ = stub_->WatchAvailability(call_.get(), request);
}

bool Watching::Read() {
  v1::WatchAvailabilityResponse told;
  if (ended_ || !stream_->Read(&told)) return false;
  if (told.has_gap()) {
    ++gaps;
    on_hand.clear();
    has_ = kNoOffset;
  }
  if (told.has_snapshot()) {
    ++pages;
    for (const v1::PlacedFigures& row : told.snapshot().rows()) Put(row);
  }
  for (const v1::FiguresChanged& change : told.changes().changes()) Take(change);
  if (told.has_snapshot_end()) {
    ++snapshots;
    has_ = told.freshness().position().offset();
  }
  if (told.has_heartbeat()) ++heartbeats;
  if (told.has_freshness()) {
    CHECK(told.freshness().position().offset() >= position.offset());
    position = told.freshness().position();
  }
  return true;
}

void Watching::Take(const v1::FiguresChanged& change) {
  CHECK(change.position().offset() > change.previous_offset());
  // Between the pages of a snapshot the first change has nothing before it.
  if (has_ != kNoOffset) CHECK(change.previous_offset() == has_);
  has_ = change.position().offset();
  for (const v1::PlacedFigures& row : change.rows()) Put(row);
  changes.push_back(change);
}

void Watching::Put(const v1::PlacedFigures& row) {
  const std::string place = row.has_group() ? "@" + row.group() : row.location();
  on_hand[{row.sku(), place}] = row.figures().on_hand();
}

grpc::Status Watching::End() {
  while (Read()) continue;
  if (!ended_) {
    ended_ = true;
    end_ = stream_->Finish();
  }
  return end_;
}

}  // namespace omo::inventory
