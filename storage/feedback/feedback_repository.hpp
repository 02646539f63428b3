#pragma once
#include "gochron/feedback.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

class feedback_repository final : public feedback_store {
public:
  explicit feedback_repository(repository_deps deps) : deps_(deps) {}

  void linked(delivery_id id, std::string verb, reply_to<linked_incident> done) override;
  void channel(channel_id id, reply_to<channel_record> done) override;
  void channel_of(delivery_id id, reply_to<channel_record> done) override;
  void texted(org_id org, std::string telephone, std::optional<std::int64_t> number,
              reply_to<std::vector<texted_incident>> done) override;
  void report(org_id org, delivery_id id, carrier_report x, reply_to<void> done) override;

private:
  repository_deps deps_;
};

} // namespace gochron::storage
