// Requests that are well formed, one for every rpc of inventory, and what can be wrong with each.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

namespace omo::inventory {

// A well formed request in protobuf's text form, without its command id.
struct Good {
  std::string rpc;  // The method's own name.
  std::string request;
};
const std::vector<Good>& GoodRequests();

// How a good request is damaged, and what the door must say to it.
struct Fault {
  std::string rpc;
  std::string clear;   // A field of the good request that is taken away first.
  std::string damage;  // What is merged into it.
  std::string reason;
  std::string field;
};
std::vector<Fault> AllFaults();

bool IsCommand(const std::string& rpc);
// As a call names it: "/omo.inventory.v1.InventoryService/ReserveStock".
std::string PathOf(const std::string& rpc);
// With a fresh id, if it is a command.
std::unique_ptr<google::protobuf::Message> GoodRequest(const std::string& rpc);
std::unique_ptr<google::protobuf::Message> BadRequest(const Fault& fault);

}  // namespace omo::inventory
