#pragma once
#include "core/channels/kind.hpp"
#include "core/schema/object.hpp"
#include "gochron/channel.hpp"

/// What the tables of channels and contact methods have in common.
namespace gochron::core {

/// `type`, then an object for each type, of which the one of the type is there.
void add_target_rows(std::vector<property<channel_spec>>& to);

object_ptr<webhook_secret> webhook_secret_schema();
object_ptr<channel_health> channel_health_schema();

} // namespace gochron::core
