// What the replay asks for, and in which order: phases of tasks, tasks of steps.
//
// A phase begins when the one before is answered whole. Within a phase tasks of one key go one
// after the other in the phase's order, tasks of different keys side by side; a task's steps go one
// after the other, and a refused step ends its task. So each refusal can be recomputed from the
// source.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "libs/core/types.h"
#include "omo/inventory/v1/inventory_service.pb.h"
#include "services/omoctl/shop.h"

namespace omo::omoctl {

using Request =
    std::variant<omo::inventory::v1::OpenLocationRequest, omo::inventory::v1::DefineUnitRequest,
                 omo::inventory::v1::ReceiveStockRequest, omo::inventory::v1::RecordSaleRequest,
                 omo::inventory::v1::ReserveStockRequest,
                 omo::inventory::v1::CommitReservationRequest,
                 omo::inventory::v1::FulfilReservationRequest>;

// One command. `name` and `what` name it in the answers file; the id follows from both.
struct Step {
  std::string_view name;
  std::string what;
  std::string command_id;
  Request request;
  std::vector<std::pair<std::string, std::string>> metadata;  // The call's context.
};

struct Phase {
  std::string_view title;
  std::size_t tasks = 0;
  std::function<std::uint32_t(std::size_t task)> key;
  std::function<int(std::size_t task)> steps;
  std::function<Step(std::size_t task, int step)> make;
  // When the task happened in the shop, for progress; Time{} where that means nothing.
  std::function<Time(std::size_t task)> occurred;
};

// The id of a command of the replay that began at `started`: UUIDv7 of that time, whose other bits
// are XXH3-128 of "name/what". The same replay repeated asks with the same ids.
std::string CommandId(Time started, std::string_view name, std::string_view what);

// The whole replay: open the stores, define units, receive stock, then the lines. `shop` must
// outlive the phases.
std::vector<Phase> MakePlan(const Shop& shop, Time started);

}  // namespace omo::omoctl
