#pragma once
#include "gochron/together.hpp"
#include "storage/monitor/runtime_flusher.hpp"
#include "storage/repository.hpp"
#include "storage/result/result_copier.hpp"

namespace gochron::storage {

/// Makes one write unit of the units that the repositories of several owners hand in.
class joint_repository final : public joint_store {
public:
  joint_repository(repository_deps deps, writer_group& writers, result_copier& copier, runtime_flusher& flusher)
    : deps_(deps), writers_(writers), copier_(copier), flusher_(flusher) {}

  std::shared_ptr<joint_write> join(std::size_t parts) override;

private:
  repository_deps deps_;
  writer_group& writers_;
  result_copier& copier_;
  runtime_flusher& flusher_;
};

} // namespace gochron::storage
