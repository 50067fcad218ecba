// Generated files with their imports as the descriptor set that protoc would write.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <string>

namespace omo::testing {

inline void AddFile(const google::protobuf::FileDescriptor* file,
                    google::protobuf::FileDescriptorSet& set) {
  for (const auto& known : set.file()) {
    if (known.name() == file->name()) return;
  }
  for (int i = 0; i < file->dependency_count(); ++i) AddFile(file->dependency(i), set);
  file->CopyTo(set.add_file());
}

template <class... Files>
std::string DescriptorSetOf(const Files*... files) {
  google::protobuf::FileDescriptorSet set;
  (AddFile(files, set), ...);
  return set.SerializeAsString();
}

}  // namespace omo::testing
