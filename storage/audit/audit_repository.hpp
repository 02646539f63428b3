#pragma once
#include "gochron/audit.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

class audit_repository final : public audit_store {
public:
  explicit audit_repository(repository_deps deps) : deps_(deps) {}

  void entries(org_id org, audit_query q, page_request p, reply_to<page<audit_entry>> done) override;
  void entry(org_id org, audit_id id, reply_to<audit_entry> done) override;
  /// In audit_verification.cpp.
  void verify(org_id org, std::int64_t after, reply_to<audit_verdict> done) override;

private:
  repository_deps deps_;
};

} // namespace gochron::storage
